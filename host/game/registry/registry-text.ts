/** String values of a key, by their names in lower case. */
export type RegistryValues = ReadonlyMap<string, string>;

/**
 * Finds keys in the text of a registry: an exported `.reg` file, or `system.reg` and `user.reg` of a Wine prefix.
 *
 * @param keys paths without the hive, `Software\Valve\Steam`, in any case of letters
 * @returns the values of each key that exists, by its path in lower case
 */
export function findKeys(text: string, keys: readonly string[]): ReadonlyMap<string, RegistryValues> {
    const wanted = new Set(keys.map((key) => key.toLowerCase()));
    const found = new Map<string, Map<string, string>>();
    let values: Map<string, string> | null = null;
    for (const [line] of text.matchAll(/^[["][^\r\n]*/gm)) {
        const heading = /^\[(.+?)\](?: \d+)?\s*$/.exec(line)?.[1];
        if (heading !== undefined) {
            const key = withoutHive(heading.replaceAll("\\\\", "\\")).toLowerCase();
            values = wanted.has(key) ? (found.get(key) ?? new Map<string, string>()) : null;
            if (values !== null) found.set(key, values);
        } else if (values !== null) {
            addValue(values, line);
        }
    }
    return found;
}

function withoutHive(key: string): string {
    return key.replace(/^HKEY_[A-Z_]+\\/, "");
}

/** `"name"="text"`; Wine marks a text with variables by `str(2):`. Other types of values are skipped. */
function addValue(values: Map<string, string>, line: string): void {
    const [, name, text] = /^"((?:[^"\\]|\\.)*)"=(?:str\(\d+\):)?"((?:[^"\\]|\\.)*)"\s*$/.exec(line) ?? [];
    if (name !== undefined && text !== undefined) values.set(unescape(name).toLowerCase(), unescape(text));
}

/** A backslash escapes quotes and backslashes; Wine also writes `\xe9` for a character that is not ASCII. */
function unescape(text: string): string {
    return text.replace(/\\(?:x([0-9a-f]{1,4})|(.))/gi, (_, code: string | undefined, character: string | undefined) =>
        code === undefined ? (character ?? "") : String.fromCharCode(parseInt(code, 16)),
    );
}
