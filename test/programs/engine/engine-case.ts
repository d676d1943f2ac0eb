import type { Engine, EngineKind } from "../../../host/frida/engine.js";
import { openEngine } from "../../../host/frida/open-engine.js";
import { nativeFrida, wineFrida } from "../../../host/frida/setup/pins.js";
import type { CompileTarget } from "../../fixtures/prepare/compile.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";
import { isOnBinding } from "../../fixtures/support/binding.js";
import { childrenOf } from "../../fixtures/support/running.js";
import { whyNot } from "../../fixtures/support/targets.js";
import { casesOfTier, isQuickTier } from "../../fixtures/support/tier.js";
import type { Victim } from "../../fixtures/support/victim.js";

/** An engine, and a kind of program to test it with. */
export interface EngineCase {
    kind: EngineKind;
    target: CompileTarget;
    /** Version that `poolnv setup` pins. */
    version: string;
    /** Why the suite is skipped, or null. */
    missing: string | null;
}

const otherCases: readonly EngineCase[] = [
    { kind: "python", target: "linux-x64", version: nativeFrida.version, missing: whyNot("linux-x64") },
    { kind: "python", target: "linux-i386", version: nativeFrida.version, missing: whyNot("linux-i386") },
    { kind: "wine", target: "win32-msvcrt", version: wineFrida.version, missing: whyNot("win32-msvcrt") },
];

/** In a process of its own kind (`test/fixtures/support/binding.ts`), with the frida-core of the Python engine. */
const bindingCases: readonly EngineCase[] = [
    { kind: "binding", target: "linux-x64", version: nativeFrida.version, missing: whyNot("linux-x64") },
    { kind: "binding", target: "linux-i386", version: nativeFrida.version, missing: whyNot("linux-i386") },
];

/** All cases of this process. */
export const allEngineCases: readonly EngineCase[] = isOnBinding ? bindingCases : otherCases;

/** The cases that the tier in force tests. The quick one has few tests on the binding, the rest has all. */
export const engineCases: readonly EngineCase[] = isOnBinding
    ? bindingCases.slice(0, isQuickTier() ? 1 : undefined)
    : casesOfTier(
          otherCases,
          otherCases.filter(({ target }) => target !== "linux-i386"),
      );

/** A new worker process. */
export function open({ kind }: EngineCase): Promise<Engine> {
    const { wine } = readEnvironments();
    return openEngine({
        choice: kind,
        wine: kind === "wine" && wine.ready ? { loader: wine.wine, prefix: wine.prefix } : null,
        programOutput: "stdout",
        onProgress: () => {},
    });
}

/** A new worker process and its pid, which the interface of an engine does not have. */
export async function openWithPid(engineCase: EngineCase): Promise<{ engine: Engine; worker: number }> {
    const before = new Set(childrenOf(process.pid));
    const engine = await open(engineCase);
    const [worker, ...others] = childrenOf(process.pid).filter((pid) => !before.has(pid));
    if (worker === undefined || others.length > 0) throw new Error("an engine is one process");
    return { engine, worker };
}

/** The pid by which an engine knows a victim: a Windows program's own. */
export async function pidFor({ kind }: EngineCase, victim: Victim): Promise<number> {
    return kind === "wine" ? (await victim.numbers("pid"))["pid"]! : victim.pid;
}
