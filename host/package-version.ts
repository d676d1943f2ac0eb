import { readFileSync } from "node:fs";

/** Version of this package, as `poolnv --version` prints it. */
export function packageVersion(): string {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
        version: string;
    };
    return manifest.version;
}
