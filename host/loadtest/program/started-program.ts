import type { MemoryPool } from "../../client/memory-pool.js";
import type { PoolSession } from "../../client/pool-session.js";
import type { ExitRecord } from "../results/record.js";

/** A program under test, with its pool. */
export interface StartedProgram {
    /** File name. */
    readonly name: string;
    /** As its own system counts. */
    readonly pid: number;
    readonly session: PoolSession;
    readonly pool: MemoryPool;
    /** Resolves once, when it has ended, to how it did. */
    readonly ended: Promise<ExitRecord>;
    /** Whether it has not ended yet, as far as is known. */
    readonly isAlive: boolean;
    /** Ends it where it is ours to end, and the conversation with it. Idempotent. */
    leave(): Promise<void>;
}

/** How to start the program. */
export interface ProgramCommand {
    /** Its path. */
    readonly program: string;
    /** Every `{save}` in them stands for the path of the save. */
    readonly args: readonly string[];
}

/** Whether the program is told its save by its command line. */
export function takesSave({ args }: ProgramCommand): boolean {
    return args.some((arg) => arg.includes(placeholder));
}

/** @param save path of the save as the program writes it */
export function argumentsFor({ args }: ProgramCommand, save: string): string[] {
    return args.map((arg) => arg.replaceAll(placeholder, () => save));
}

export const placeholder = "{save}";
