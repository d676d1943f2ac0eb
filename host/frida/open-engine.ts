import { UserError } from "../errors.js";
import type { WinePlace } from "../process/wine.js";
import { bindingVersion, isNewEnoughForLinux } from "./binding-package.js";
import type { Engine, EngineChoice, EngineKind } from "./engine.js";
import { bindingCommand, pythonCommand, wineCommand, type WorkerCommand } from "./worker/worker-command.js";
import { startWorkerEngine, WorkerRefused } from "./worker/worker-engine.js";

/** The choice of an engine depends on these. */
export interface EngineNeeds {
    choice: EngineChoice;
    /** Set if the program is a Windows program under Wine. */
    wine: WinePlace | null;
    programOutput: WorkerCommand["programOutput"];
    /** Longest time for one answer of an agent, in milliseconds; if not given, {@link usualAnswerLimitMs}. */
    answerLimitMs?: number | undefined;
    onProgress: (line: string) => void;
}

/**
 * Opens the engine that was asked for, or with `auto` the first one that starts and serves the program.
 *
 * @throws UserError NO_ENGINE with the command that installs it
 */
export async function openEngine(needs: EngineNeeds): Promise<Engine> {
    const reasons: string[] = [];
    for (const kind of candidates(needs)) {
        const command = commandFor(kind, needs);
        if (typeof command === "string") {
            reasons.push(command);
            continue;
        }
        try {
            needs.onProgress(`starting the ${kind} engine`);
            return await startWorkerEngine(kind, command, needs.answerLimitMs);
        } catch (error) {
            if (!(error instanceof WorkerRefused)) throw error;
            reasons.push(`the ${kind} engine does not start: ${error.message.split("\n")[0]}`);
        }
    }
    const wanted = needs.wine !== null ? "wine" : needs.choice === "auto" ? "python" : needs.choice;
    throw new UserError("NO_ENGINE", reasons.join("; "), `Run: npx poolnv setup --engine ${wanted}`);
}

/**
 * The engines to try, in this order. On Linux a binding that is too old comes after Python; elsewhere the binding comes
 * first, because it needs no second runtime.
 */
function candidates({ choice, wine }: EngineNeeds): EngineKind[] {
    if (choice !== "auto") return [choice];
    if (wine !== null) return ["wine"];
    const version = bindingVersion();
    if (version === null) return ["python"];
    return process.platform === "linux" && !isNewEnoughForLinux(version)
        ? ["python", "binding"]
        : ["binding", "python"];
}

/** The command that starts its worker, or the reason why it can't be started. */
function commandFor(kind: EngineKind, { wine, programOutput }: EngineNeeds): WorkerCommand | string {
    switch (kind) {
        case "binding":
            return bindingCommand(programOutput);
        case "python":
            return pythonCommand(programOutput);
        case "wine":
            return wineCommand(wine ?? { loader: null, prefix: null }, programOutput);
    }
}
