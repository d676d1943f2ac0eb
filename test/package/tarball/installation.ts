import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { Run } from "../../fixtures/support/poolnv.js";

/** The home of a person who has never used poolnv or npm: what they fetch once is there for all their folders. */
export interface Home {
    readonly env: NodeJS.ProcessEnv;
}

/** Makes an empty folder one. */
export function newHome(home: string): Home {
    // Variables that `npm test` has set belong to this repository; others may name paths of the user.
    const strange = /^(npm_|POOLNV_|XDG_|NODE_OPTIONS|NODE_TEST|INIT_CWD)/i;
    const kept = Object.entries(process.env).filter(([name]) => !strange.test(name));
    const places = { HOME: home, USERPROFILE: home, APPDATA: join(home, "AppData"), LOCALAPPDATA: join(home, "Local") };
    return { env: { ...Object.fromEntries(kept), ...places } };
}

/** A folder that was empty, with the package installed in it. */
export class Installation {
    readonly folder: string;
    readonly #home: Home;

    /** @param options of `npm install`, beside the tarball */
    static async of(tarball: string, parent: string, home: Home, options: string[]): Promise<Installation> {
        const folder = join(parent, "an empty folder");
        mkdirSync(folder);
        const words = ["install", "--no-audit", "--no-fund", ...options, tarball];
        await execa("npm", words, { cwd: folder, env: home.env, extendEnv: false, timeout: 300_000 });
        return new Installation(folder, home);
    }

    private constructor(folder: string, home: Home) {
        this.folder = folder;
        this.#home = home;
    }

    /** Runs `npx poolnv` with these words in its folder. */
    npx(args: string[], { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {}): Promise<Run> {
        return this.#run("npx", ["poolnv", ...args], input, env);
    }

    /** Runs a module that stands in its folder. */
    node(file: string): Promise<Run> {
        return this.#run(process.execPath, [file], "", {});
    }

    /** What a program has from its person, for who starts it beside ours: what is ours alone is empty. */
    environment(more: Record<string, string>): Record<string, string> {
        const ours = Object.keys(process.env).map((name) => [name, ""] as const);
        return { ...Object.fromEntries(ours), ...this.#home.env, ...more } as Record<string, string>;
    }

    async #run(file: string, args: string[], input: string, env: Record<string, string>): Promise<Run> {
        const { exitCode, stdout, stderr } = await execa(file, args, {
            cwd: this.folder,
            env: { ...this.#home.env, ...env },
            extendEnv: false,
            reject: false,
            input,
            timeout: 300_000,
        });
        return { code: exitCode, stdout, stderr };
    }
}

/** Standard output of what ended well. */
export function succeeded({ code, stdout, stderr }: Run): string {
    assert.equal(code, 0, stderr);
    return stdout;
}
