import ini from "ini";

/** What stands in one line of an INI file. */
export type ConfigLine =
    { kind: "nothing" } | { kind: "heading"; name: string } | { kind: "setting"; key: string; value: string } | null;

/** Reads one line; null where it is neither comment nor heading nor `key = value`. */
export function readConfigLine(line: string): ConfigLine {
    if (/^\s*([;#]|$)/.test(line)) {
        return { kind: "nothing" };
    }
    const heading = /^\s*\[([^\]]*)\]\s*([;#].*)?$/.exec(line)?.[1];
    if (heading !== undefined) {
        return { kind: "heading", name: heading.trim() };
    }
    const equals = line.indexOf("=");
    const key = line.slice(0, Math.max(equals, 0)).trim();
    return key === "" ? null : { kind: "setting", key, value: decodeValue(line.slice(equals + 1)) };
}

/** Takes comment and quotes away. Between single quotes the library reads JSON of any kind; only text is meant here. */
function decodeValue(written: string): string {
    const decoded: unknown = ini.unsafe(written);
    return typeof decoded === "string" ? decoded : written.trim();
}
