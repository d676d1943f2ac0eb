import { printable } from "../../../shared/printable.js";
import type { Finding, Level } from "../../doctor/finding.js";
import type { Output } from "../output.js";

/** A line for each finding, and its resolution in a second one. */
export function findingLines(findings: readonly Finding[], paint: Output["paint"]): string[] {
    const colours: Record<Level, (text: string) => string> = {
        ok: paint.green,
        warning: paint.yellow,
        error: paint.red,
    };
    return findings.flatMap(({ level, message, resolution }) => [
        `${colours[level](level.padEnd(levelWidth))}${printable(message)}`,
        ...(resolution === undefined ? [] : [`${"".padEnd(levelWidth)}${paint.dim(printable(resolution))}`]),
    ]);
}

const levelWidth = "warning".length + 2;

/** The number of errors and warnings, in one line. */
export function summary(findings: readonly Finding[]): string {
    const count = (level: Level, word: string) => {
        const number = findings.filter((finding) => finding.level === level).length;
        return number === 0 ? [] : [`${number} ${word}${number === 1 ? "" : "s"}`];
    };
    const counted = [...count("error", "error"), ...count("warning", "warning")].join(", ");
    return counted === "" ? "No problems found." : `Found: ${counted}.`;
}
