import { printable } from "../../../shared/printable.js";
import type { SupportPart } from "../../support/bundle.js";

/** The contents of a bundle, before it is written. */
export function supportLines(parts: readonly SupportPart[], keepNames: boolean): string[] {
    const width = (cell: (part: SupportPart) => string) => Math.max(...parts.map((part) => cell(part).length));
    const [names, sizes] = [width(({ name }) => name), width(size)];
    return [
        "The bundle will contain:",
        ...parts.map(
            (part) => `  ${part.name.padEnd(names)}  ${size(part).padStart(sizes)}  ${printable(part.source)}`,
        ),
        keepNames
            ? "Home folders, user names and the name of this machine are left in it."
            : "Home folders, user names and the name of this machine are replaced in it.",
    ];
}

/** The same as JSON, after it is written. Sizes in bytes. */
export function supportDocument(file: string, parts: readonly SupportPart[], keepNames: boolean): object {
    return {
        file,
        names_kept: keepNames,
        files: parts.map(({ name, source, text }) => ({ name, source, size: Buffer.byteLength(text) })),
    };
}

function size({ text }: SupportPart): string {
    return `${Math.ceil(Buffer.byteLength(text) / 1024)} KB`;
}
