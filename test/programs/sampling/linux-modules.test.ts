import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { openSymbols } from "../../../host/modules/symbols.js";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import type { CodeSymbol } from "../../../shared/protocol/sampling.js";
import { compileTarget } from "../../fixtures/prepare/compile.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import { baseOf, hex, symbolsByReadelf } from "./by-readelf.js";

describe("symbols of a Linux program", { skip: whyNot("linux-x64") ?? false }, () => {
    const folder = scratchFolder();
    const libc = realpathSync(readMemoryMap(process.pid)!.find(({ name }) => /\/libc[.-]/.test(name))!.name);
    const sleep = "/bin/sleep";
    const children: ChildProcess[] = [];
    after(() => {
        for (const child of children) child.kill("SIGKILL");
    });

    it("symbols: functions of the C library have names that readelf reads", async () => {
        const pid = await start(sleep, ["600"]);
        await assertNames(
            await openSymbols({ kind: "linux", pid }).symbolsOf(await addressesIn(pid, libc, libc)),
            libc,
        );
    });

    it("symbols: addresses outside of every module have none", async () => {
        const symbols = openSymbols({ kind: "linux", pid: process.pid });
        const outside = { module: null, offset: 0, function: null, into: 0 };
        const heap = readMemoryMap(process.pid)!.find(({ name }) => name === "[heap]")!;
        const addresses = ["0x0", "0x10", hex(heap.start + 64), "0xffffffffffffffff"];
        assert.deepEqual(
            await symbols.symbolsOf(addresses),
            addresses.map(() => outside),
        );
        assert.equal(await symbols.moduleOf("0x10"), null);
    });

    it("symbols: the kernel's own library, which is in no file, has its name and functions", async () => {
        const { start, end } = readMemoryMap(process.pid)!.find(({ name }) => name === "[vdso]")!;
        const addresses = Array.from({ length: (end - start) / 64 }, (_, index) => hex(start + index * 64));
        const found = await openSymbols({ kind: "linux", pid: process.pid }).symbolsOf(addresses);
        assert.ok(found.some(({ module }) => module === "linux-vdso.so.1"));
        assert.ok(found.some((symbol) => symbol.function?.includes("clock_gettime")));
    });

    it("symbols: a program that has ended still has the modules that it had", async () => {
        const pid = await start(sleep, ["600"]);
        const symbols = openSymbols({ kind: "linux", pid });
        const addresses = await addressesIn(pid, libc, libc);
        const found = await symbols.symbolsOf(addresses);
        const child = children.at(-1)!;
        child.kill("SIGKILL");
        await once(child, "exit");
        assert.deepEqual(await symbols.symbolsOf(addresses), found);
    });

    it("symbols: a program whose file was deleted and replaced by another has its own names", async () => {
        const program = join(folder, "deleted");
        copyFileSync((await makeVictim()).victim, program);
        const victim = await start(program, []);
        const { functions, linkedFor } = await symbolsByReadelf(program);
        const base = baseOf(victim, program);
        rmSync(program);
        copyFileSync(libc, program);
        for (const find of [asThisUser, asOrdinaryUser]) {
            const found = await find(
                victim,
                [...functions.keys()].map((address) => hex(base + address - linkedFor + 1)),
            );
            assert.ok(found.some((symbol) => symbol.function === "ask_often"));
            assert.ok(found.every((symbol) => symbol.module === "deleted" && symbol.function !== null));
        }
    });

    it("symbols: a library whose file was deleted and replaced by another has the names of its exports", async () => {
        const library = join(folder, "replaced.so");
        const original = realpathSync(readMemoryMap(process.pid)!.find(({ name }) => /\/libm[.-]/.test(name))!.name);
        copyFileSync(original, library);
        const pid = await start(sleep, ["600"], { LD_PRELOAD: library });
        const addresses = await addressesIn(pid, library, original);
        const other = join(folder, "other");
        copyFileSync(libc, other);
        renameSync(other, library);
        for (const find of [asThisUser, asOrdinaryUser]) {
            const found = await find(pid, addresses);
            assert.ok(found.every((symbol) => symbol.module === "replaced.so"));
            await assertNames(found, original);
        }
    });

    it("symbols: a program in a root folder of its own has names, from the files in there", async (context) => {
        const root = join(folder, "root");
        const { stdout } = await execa("ldd", [sleep]);
        const files = [sleep, ...[...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!)];
        for (const file of files) {
            mkdirSync(join(root, dirname(file)), { recursive: true });
            copyFileSync(file, join(root, file));
        }
        const unshare = process.getuid?.() === 0 ? ["--mount"] : ["--map-root-user", "--mount"];
        const args = [...unshare, `--root=${root}`, sleep, "600"];
        const { failed, stderr } = await execa("unshare", [...args.slice(0, -1), "0"], { reject: false });
        if (failed) {
            context.skip(`a root folder of its own takes rights that are missing here: ${stderr}`);
            return;
        }
        const pid = await start("unshare", args, {}, "sleep");
        const mapped = readMemoryMap(pid)!.find(({ name }) => /libc[.-]/.test(name))!.name;
        for (const find of [asThisUser, asOrdinaryUser]) {
            await assertNames(await find(pid, await addressesIn(pid, mapped, libc)), libc);
        }
    });

    it("symbols: a library that is mounted for its program alone has the names of its own functions", async (context) => {
        const place = join(folder, "mounted");
        mkdirSync(place);
        const source = join(folder, "library.c");
        writeFileSync(source, "static __attribute__((noinline)) int own(int x) { return x * x + 1; }\n" + exportedCode);
        const original = join(folder, "library.so");
        const flags = ["-shared", "-fPIC"];
        await compileTarget(source, { target: "linux-x64", output: original, flags });
        copyFileSync(libc, join(place, "private.so")); // what this system has at that path
        const mount = `mount -t tmpfs poolnv '${place}' && cp '${original}' '${place}/private.so'`;
        const unshare = [...(process.getuid?.() === 0 ? [] : ["--map-root-user"]), "--mount", "sh", "-c"];
        const { failed, stderr } = await execa("unshare", [...unshare, mount], { reject: false });
        if (failed) {
            context.skip(`to mount for one program takes rights that are missing here: ${stderr}`);
            return;
        }
        const run = `LD_PRELOAD='${place}/private.so' exec sleep 600`;
        const pid = await start("unshare", [...unshare, `${mount} && ${run}`], {}, "sleep");
        const { functions } = await symbolsByReadelf(original);
        const own = [...functions].find(([, names]) => names.has("own"))![0];
        const address = hex(baseOf(pid, join(place, "private.so")) + own + 1);
        const expected = { module: "private.so", offset: own + 1, function: "own", into: 1 };
        for (const find of [asThisUser, asOrdinaryUser]) assert.deepEqual(await find(pid, [address]), [expected]);
    });

    it("symbols: a file that is mapped to be read is no module", async () => {
        const source = join(folder, "map.py");
        const lines = ["import mmap, sys", `file = open(${JSON.stringify(libc)}, "rb")`];
        lines.push("mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)", "print('ready', flush=True)");
        writeFileSync(source, [...lines, "sys.stdin.read()"].join("\n"));
        const child = spawn("python3", [source], { stdio: ["pipe", "pipe", "inherit"] });
        children.push(child);
        await once(child.stdout, "data");
        const size = readMemoryMap(child.pid!)!
            .filter(({ name }) => name === libc)
            .toSorted((one, other) => other.end - other.start - (one.end - one.start))[0]!;
        assert.equal(await openSymbols({ kind: "linux", pid: child.pid! }).moduleOf(hex(size.start + 0x1000)), null);
    });

    let made: Promise<Target> | null = null;
    after(async () => (await made)?.remove());

    function makeVictim(): Promise<Target> {
        return (made ??= makeTarget("linux-x64"));
    }

    /** @param becomes the program that it starts in its place, if it does */
    async function start(
        program: string,
        args: string[],
        env: Record<string, string> = {},
        becomes = basename(program),
    ): Promise<number> {
        const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"], env: { ...process.env, ...env } });
        children.push(child);
        await once(child, "spawn");
        await hasStarted(child.pid!, becomes);
        return child.pid!;
    }
});

/** Calls the library's own function. */
const exportedCode = "int exported(int x) { return own(x) + own(x + 1); }\n";

/** Waits until a process that has become another program has its libraries. */
async function hasStarted(pid: number, name: string): Promise<void> {
    await waitUntil(`${name} has started`, () => {
        const map = readMemoryMap(pid) ?? [];
        const isLoaded = map.some((each) => /\/libc[.-]/.test(each.name) && each.access[2] === "x");
        return isLoaded && readFileSync(`/proc/${pid}/comm`, "utf8") === `${name}\n`;
    });
}

function asThisUser(pid: number, addresses: string[]): Promise<CodeSymbol[]> {
    return openSymbols({ kind: "linux", pid }).symbolsOf(addresses);
}

/** Without the rights that open every file that a process has mapped. */
async function asOrdinaryUser(pid: number, addresses: string[]): Promise<CodeSymbol[]> {
    const module = fileURLToPath(new URL("../../../host/modules/symbols.js", import.meta.url));
    const script = `
        const { openSymbols } = await import(${JSON.stringify(module)});
        const found = await openSymbols({ kind: "linux", pid: ${pid} }).symbolsOf(${JSON.stringify(addresses)});
        process.stdout.write(JSON.stringify(found));`;
    const node = [process.execPath, "--input-type=module", "-e", script];
    const [command, ...args] =
        process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-sys_admin,-checkpoint_restore", ...node] : node;
    return JSON.parse((await execa(command!, args)).stdout) as CodeSymbol[];
}

/** Addresses in the functions of a library in a process. */
async function addressesIn(pid: number, mapped: string, original: string): Promise<string[]> {
    const { functions, linkedFor } = await symbolsByReadelf(original);
    const base = baseOf(pid, mapped);
    return [...functions.keys()].map((address) => hex(base + address - linkedFor + 1));
}

async function assertNames(found: readonly CodeSymbol[], original: string): Promise<void> {
    const { functions, linkedFor } = await symbolsByReadelf(original);
    assert.ok(found.length > 500, `${found.length} functions`);
    for (const { offset, function: name, into } of found) {
        const names = functions.get(offset - 1 + linkedFor);
        assert.ok(names?.has(name ?? "") === true && into === 1, `${[...(names ?? [])].join(" ")} is ${name}`);
    }
}
