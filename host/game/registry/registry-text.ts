/** Values that are text, by their names in lower case. */
export type RegistryValues = ReadonlyMap<string, string>;

/**
 * Finds keys in the text of a registry: a `.reg` file that Windows exported, or `system.reg` and `user.reg` of a Wine
 * prefix.
 *
 * @param keys paths without the hive, `Software\Valve\Steam`, in any case
 * @returns the values of each key that is there, by its path in lower case
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

/** `"name"="text"`; Wine marks a text with variables in it by `str(2):`. Other kinds of values are left out. */
function addValue(values: Map<string, string>, line: string): void {
    const [, name, text] = /^"((?:[^"\\]|\\.)*)"=(?:str\(\d+\):)?"((?:[^"\\]|\\.)*)"\s*$/.exec(line) ?? [];
    if (name !== undefined && text !== undefined) values.set(unescape(name).toLowerCase(), unescape(text));
}

/** A backslash before a quote or a backslash; Wine also writes `\xe9` for what is not ASCII. */
function unescape(text: string): string {
    return text.replace(/\\(?:x([0-9a-f]{1,4})|(.))/gi, (_, code: string | undefined, character: string | undefined) =>
        code === undefined ? (character ?? "") : String.fromCharCode(parseInt(code, 16)),
    );
}
