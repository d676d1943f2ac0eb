import type { UserErrorCode } from "../../errors.js";
import type { EngineError } from "../engine.js";
import { errorsOnAnySystem } from "./on-any-system.js";
import { errorsOnLinux } from "./on-linux.js";
import { errorsOnWindows } from "./on-windows.js";
import type { FridaErrorRow } from "./row.js";

/** What an error of Frida means to the user. */
export interface Explanation {
    readonly code: UserErrorCode;
    /** What happened, in one line. */
    readonly message: string;
    /** What to do, on the system of the engine. */
    readonly resolution: string;
}

/** The errors of frida-core 17.18 to 17.26 that a user can cause or resolve, in the order in which they are tried. */
export const fridaErrors: readonly FridaErrorRow[] = [...errorsOnWindows, ...errorsOnLinux, ...errorsOnAnySystem];

/** @returns null for an error that no user can cause or resolve */
export function explain({ fridaName, message, system }: EngineError): Explanation | null {
    for (const { text, name, on, code, says, resolution } of fridaErrors) {
        if (on !== undefined && on !== system) continue;
        const match = text?.exec(message);
        if (text === undefined ? name !== fridaName : !match) continue;
        const [firstLine = ""] = message.split("\n"); // what follows are registers
        const line = says?.replace(/\$(\d)/g, (_, group: string) => match?.[Number(group)] ?? "") ?? firstLine;
        return { code, message: line, resolution };
    }
    return null;
}
