import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { openSymbols } from "../../../host/modules/symbols.js";
import { readMemoryMap } from "../../../host/process/memory-map.js";
import type { CodeSymbol } from "../../../shared/protocol/sampling.js";
import { scratchFolder } from "../../fixtures/support/scratch-folder.js";
import { makeTarget, type Target, whyNot } from "../../fixtures/support/targets.js";
import { Victim } from "../../fixtures/support/victim.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

/** Programs of each kind, whose own functions readelf lists. */
const programs = [
    { what: "a 64-bit program", name: "linux-x64", flags: [] },
    { what: "a 64-bit program at a fixed address", name: "linux-x64", flags: ["-no-pie"] },
    { what: "a 64-bit program without libraries", name: "linux-x64", flags: ["-static"] },
    { what: "a 32-bit program", name: "linux-i386", flags: [] },
] as const;

for (const { what, name, flags } of programs) {
    describe(`symbols of ${what}`, { skip: whyNot(name) ?? false }, () => {
        let target: Target;
        let victim: Victim;
        before(async () => {
            target = await makeTarget(name, { flags });
            victim = await Victim.start(target);
        });
        after(async () => {
            victim.kill();
            await victim.exited;
            target.remove();
        });

        it(`symbols of ${what}: each function has its name, as readelf reads it`, async () => {
            const base = baseOf(victim.pid, target.victim);
            const { functions, linkedFor } = await symbolsByReadelf(target.victim);
            assert.ok([...functions.values()].some((names) => names.has("ask_often")));
            const addresses = [...functions.keys()];
            const symbols = openSymbols({ kind: "linux", pid: victim.pid });
            const found = await symbols.symbolsOf(addresses.map((address) => hex(base + address - linkedFor + 1)));
            for (const [index, symbol] of found.entries()) {
                const address = addresses[index]!;
                const names = [...functions.get(address)!].join(" ");
                assert.equal(symbol.module, basename(target.victim));
                assert.equal(symbol.offset, address - linkedFor + 1);
                assert.ok(names.split(" ").includes(symbol.function ?? ""), `${names} is ${symbol.function}`);
                assert.equal(symbol.into, 1);
            }
        });

        it(`symbols of ${what}: its data are in its module and in no function`, async () => {
            const base = baseOf(victim.pid, target.victim);
            const { data, linkedFor } = await symbolsByReadelf(target.victim);
            assert.ok(data.length > 0);
            const symbols = openSymbols({ kind: "linux", pid: victim.pid });
            for (const symbol of await symbols.symbolsOf(data.map((address) => hex(base + address - linkedFor)))) {
                assert.equal(symbol.module, basename(target.victim));
                assert.equal(symbol.function, null);
            }
            const expected = { module: basename(target.victim), offset: data[0]! - linkedFor };
            assert.deepEqual(await symbols.moduleOf(hex(base + expected.offset)), expected);
        });
    });
}

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
            assert.ok(found.every((symbol) => symbol.module?.startsWith("libm") || symbol.module === "replaced.so"));
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
            context.skip(`this system lets nobody change the root folder: ${stderr}`);
            return;
        }
        const pid = await start("unshare", args);
        await waitUntil("unshare starts the program", () =>
            (readMemoryMap(pid) ?? []).some(({ name, access }) => /libc[.-]/.test(name) && access[2] === "x"),
        );
        const mapped = readMemoryMap(pid)!.find(({ name }) => /libc[.-]/.test(name))!.name;
        for (const find of [asThisUser, asOrdinaryUser]) {
            await assertNames(await find(pid, await addressesIn(pid, mapped, libc)), libc);
        }
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

    async function start(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
        const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"], env: { ...process.env, ...env } });
        children.push(child);
        await once(child, "spawn");
        await waitUntil(`${program} has its libraries`, () =>
            (readMemoryMap(child.pid!) ?? []).some(({ name, access }) => /\/libc[.-]/.test(name) && access[2] === "x"),
        );
        return child.pid!;
    }
});

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

/** Address of the first page of a file in a process. */
function baseOf(pid: number, file: string): number {
    const mapping = readMemoryMap(pid)!.find(({ name }) => name === file);
    assert.ok(mapping !== undefined, `${file} is not mapped`);
    return mapping.start;
}

/** Names that begin at an address, address that the first page is linked for, addresses of data. */
async function symbolsByReadelf(
    program: string,
): Promise<{ functions: Map<number, Set<string>>; data: number[]; linkedFor: number }> {
    const { stdout: headers } = await execa("readelf", ["-lW", program]);
    const linkedFor = parseInt(/^ +LOAD +0x\w+ 0x(\w+)/m.exec(headers)![1]!, 16);
    const { stdout } = await execa("readelf", ["-sW", program]);
    const functions = new Map<number, Set<string>>();
    const data: number[] = [];
    for (const [, value, size, type, name] of stdout.matchAll(symbolLine)) {
        const address = parseInt(value!, 16);
        if (type === "OBJECT" && size !== "0") data.push(address);
        if (type === "FUNC") functions.set(address, (functions.get(address) ?? new Set()).add(name!.slice(0, 200)));
    }
    return { functions, data, linkedFor };
}

/** A defined symbol in what `readelf -sW` prints. */
const symbolLine = /^ +\d+: (\w+) +(\w+) (FUNC|OBJECT) +\w+ +\w+ +\d+ ([^@\s]+)/gm;

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

function hex(value: number): string {
    return `0x${value.toString(16)}`;
}
