import { UserError } from "../errors.js";
import { bindingCommand, bindingVersion, isNewEnoughForLinux } from "./binding.js";
import { WorkerRefused, startWorkerEngine } from "./worker/worker-engine.js";
import type { WorkerCommand } from "./worker/worker-process.js";
import type { Engine } from "./engine.js";
import type { EngineChoice, EngineKind } from "./engine-choice.js";
import { pythonCommand } from "./python.js";
import { wineCommand, type WinePlace } from "./wine.js";

/** What the choice of an engine depends on. */
export interface EngineNeeds {
    choice: EngineChoice;
    /** Set when the target is a Windows program under Wine. */
    wine: WinePlace | null;
    programOutput: WorkerCommand["programOutput"];
    /** Longest time for one answer of an agent, in milliseconds; where not given, the usual one. */
    answerLimitMs?: number | undefined;
    onProgress: (line: string) => void;
}

/**
 * Opens the engine that was asked for, or with `auto` the best that can be had for the target.
 *
 * @throws UserError NO_ENGINE with the command that mends it
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
 * Linux wants frida 17.25 or newer, or a second host hangs once the first has gone; the binding on npm may be older, and
 * then the wheel goes first. Elsewhere the binding needs no second runtime.
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

/** The command, or the reason why there is none. */
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
