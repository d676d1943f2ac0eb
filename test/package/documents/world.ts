import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cacheFolder } from "../../../host/frida/setup/cache-folder.js";
import { commandLine, type Run } from "../../fixtures/support/poolnv.js";
import { makeTarget, type Target, whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { makeTinyGame } from "../../game/deploy/tiny-game.js";
import { writeSave } from "../../game/saves/generate-save.js";
import { documentsScript } from "../../programs/script/v2-document.js";
import { root } from "./command-lines.js";
import type { Ran } from "./how-it-is-run.js";

/** Stand-ins that other suites have started meanwhile have the game's own name. */
const gamesName = `FalloutNV-${process.pid}`;

/** The world in which the documents' command lines are typed: a home with the game, programs, scripts, settings. */
export class World {
    readonly #folder: string;
    readonly #victims: Victim[] = [];
    readonly #targets: Target[] = [];
    readonly #env: NodeJS.ProcessEnv;

    /** Fills an empty folder. */
    static async in(folder: string): Promise<World> {
        const world = new World(folder);
        makeTinyGame(join(folder, "home/Games/Fallout New Vegas"));
        makeTinyGame(join(folder, "Fallout New Vegas"));
        const saves = join(folder, "home/.wine/drive_c/users/ann/Documents/My Games/FalloutNV/Saves");
        for (const place of [saves, join(folder, "Saves")]) {
            mkdirSync(place, { recursive: true });
            await writeSave(join(place, "Save 1.fos"));
        }
        writeFileSync(join(folder, "check.txt"), documentsScript);
        writeFileSync(join(folder, "poolnv.ini"), "[pool]\npool_size_mb = 512\n");
        writeFileSync(join(folder, "commands"), "IsMemoryPoolActive\nGetMemoryPoolStats\nResetMemoryPool\n");
        mkdirSync(join(folder, "bin"));
        // An installation has it on the PATH; here it is what was built.
        const poolnv = `#!/bin/sh\nexec "${process.execPath}" "${commandLine}" "$@"\n`;
        writeFileSync(join(folder, "bin/poolnv"), poolnv, { mode: 0o755 });
        if (whyNot("linux-x64") === null) for (const name of ["worldsim", "town", gamesName]) await world.#start(name);
        if (whyNot("win32-msvcrt") === null) await world.#placeWindowsProgram("worldsim.exe");
        return world;
    }

    private constructor(folder: string) {
        this.#folder = folder;
        this.#env = {
            ...process.env,
            ...(whyNot("win32-msvcrt") === null ? wineEnvironment() : {}),
            POOLNV_CACHE: cacheFolder(),
            HOME: join(folder, "home"),
            PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
        };
    }

    /** Types a command line of a document, with the pids, the folder and the game of this world in it. */
    async type(line: string, { where, untilInterrupted, shows }: Ran): Promise<Run> {
        const typed = line
            .replaceAll("/tmp/poolnv-doc", this.#folder)
            .replaceAll("4711", String(this.#victims[0]?.pid))
            .replaceAll(/\bFalloutNV$/g, gamesName);
        const cwd = where === "in the repository" ? root : where === undefined ? this.#folder : this.#emptyFolder();
        const env = where === "in the repository" ? process.env : this.#envOf(line);
        const child = spawn("/bin/sh", ["-c", untilInterrupted === true ? `exec ${typed}` : typed], {
            cwd,
            env,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
        let shown = "";
        if (untilInterrupted === true) {
            child.stdout.on("data", (data: Buffer) => {
                shown += data.toString("utf8");
                if (shows.test(shown)) process.kill(-child.pid!, "SIGINT");
            });
        }
        const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 180_000);
        const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
        clearTimeout(late);
        return { code: code ?? undefined, stdout, stderr };
    }

    async end(): Promise<void> {
        for (const victim of this.#victims) victim.kill();
        await Promise.all(this.#victims.map(({ exited }) => exited));
        for (const target of this.#targets) target.remove();
    }

    /** If a prefix were named, the game and its saves would be searched there only. */
    #envOf(line: string): NodeJS.ProcessEnv {
        return / (launch|setup) /.test(line) ? this.#env : { ...this.#env, WINEPREFIX: "" };
    }

    #emptyFolder(): string {
        return mkdtempSync(join(this.#folder, "empty-"));
    }

    async #start(name: string): Promise<void> {
        const target = await makeTarget("linux-x64");
        this.#targets.push(target);
        const program = join(this.#folder, name);
        copyFileSync(target.victim, program);
        this.#victims.push(await Victim.start({ ...target, victim: program }));
    }

    async #placeWindowsProgram(name: string): Promise<void> {
        const target = await makeTarget("win32-msvcrt", { source: join(root, "test/fixtures/targets/town.c") });
        this.#targets.push(target);
        copyFileSync(target.victim, join(this.#folder, name));
    }
}
