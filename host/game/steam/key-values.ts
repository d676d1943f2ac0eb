import { parse } from "kvparser";
import { bytesPerMb } from "../../../shared/bytes.js";
import { readSmallFile } from "../../files/read-file.js";
import { UnreadableFile } from "../../files/system-error.js";

/** An object of Steam's text format: strings and nested objects, by keys in lower case, as Steam ignores case. */
export type KeyValues = ReadonlyMap<string, string | KeyValues>;

/**
 * Reads a file in Steam's text format (VDF), such as `libraryfolders.vdf` or a manifest.
 *
 * @returns null if there is no such file
 * @throws UnreadableFile
 */
export function readKeyValues(file: string): KeyValues | null {
    const text = readSmallFile(file, maxBytes)?.toString("utf8");
    if (text === undefined) return null;
    if (text.split("{").length > maxObjects) throw new UnreadableFile(file, "it has more objects than Steam writes");
    try {
        return toMap(parse(text.replace(/^\uFEFF/, "")));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new UnreadableFile(file, `it is no valid VDF (${reason})`, { cause: error });
    }
}

/** Far more than a list of libraries has. */
const maxBytes = bytesPerMb;
/** The parser's time grows with the square of the depth. */
const maxObjects = 4096;

function toMap(object: object): KeyValues {
    return new Map(
        Object.entries(object).map(([key, value]: [string, unknown]) => [
            key.toLowerCase(),
            typeof value === "object" && value !== null ? toMap(value) : String(value),
        ]),
    );
}
