import { parse } from "kvparser";

import { readSmallFile, UnreadableFile } from "../../files/read-small-file.js";

/** An object of Steam's files: texts and further objects, by keys in lower case, because Steam takes any case. */
export type KeyValues = ReadonlyMap<string, string | KeyValues>;

/**
 * Reads a file of Steam's, such as `libraryfolders.vdf` or a manifest: `"key" "value"` pairs and objects in braces.
 *
 * @returns null where there is none
 * @throws UnreadableFile
 */
export function readKeyValues(file: string): KeyValues | null {
    const text = readSmallFile(file, MAX_BYTES)?.toString("utf8");
    if (text === undefined) return null;
    if (text.split("{").length > MAX_OBJECTS) throw new UnreadableFile(file, "it has more objects than Steam writes");
    try {
        return toMap(parse(text.replace(/^\uFEFF/, "")));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new UnreadableFile(file, `it is not written as Steam writes it (${reason})`, { cause: error });
    }
}

/** Far more than a list of libraries takes. */
const MAX_BYTES = 1_048_576;
/** The time the parser takes grows with the square of the depth. */
const MAX_OBJECTS = 4096;

function toMap(object: object): KeyValues {
    return new Map(
        Object.entries(object).map(([key, value]: [string, unknown]) => [
            key.toLowerCase(),
            typeof value === "object" && value !== null ? toMap(value) : String(value),
        ]),
    );
}
