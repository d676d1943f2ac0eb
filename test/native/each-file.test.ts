import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { testFolder } from "../fixtures/prepare/test-folder.js";
import { findTool, zigForUcrt } from "../fixtures/prepare/test-tools.js";

const root = fileURLToPath(new URL("../../../cmodule/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
const texts = new Map(files.map((name) => [name, readFileSync(join(root, name), "utf8")]));

/** Macros that select code. The others that the C uses without defining them are addresses. */
const switches = [
    "POOLNV_LINUX",
    "POOLNV_WINDOWS",
    "POOLNV_SEGMENTED",
    "POOLNV_NO_FAST_PATH",
    "POOLNV_NATIVE",
    "POOLNV_PATCH_NATIVE",
    "POOLNV_RESIDENT_NATIVE",
    "POOLNV_CRT_OVERRIDDEN",
    "POOLNV_CRT_OVERRIDING",
];
const strings = { POOLNV_TASK_FOLDER: '"/proc/1/task"' };

const target = ["-D__TINYC__", "-Wno-builtin-macro-redefined"];
const overriding = ["-DPOOLNV_CRT_OVERRIDDEN", "-DPOOLNV_CRT_OVERRIDING"];
const everything = ["-DPOOL_CHECK", "-DPOOLNV_SEGMENTED"];

/** `zig`: the compiler's name of the machine, for machines other than this one. */
const forms = [
    { name: "natively, 64 bits", options: ["-DPOOLNV_LINUX", "-DPOOL_CHECK"], zig: null },
    { name: "natively, 64 bits, everything", options: ["-DPOOLNV_LINUX", "-DNATIVE_FAST", ...everything], zig: null },
    { name: "natively, 32 bits", options: ["-DPOOLNV_LINUX", "-DNATIVE_FAST", ...everything], zig: "x86-linux-musl" },
    { name: "for 64-bit Linux programs", options: ["-DPOOLNV_LINUX", ...target, ...overriding], zig: null },
    {
        name: "for 32-bit Linux programs",
        options: ["-DPOOLNV_LINUX", ...target, ...overriding],
        zig: "x86-linux-musl",
    },
    {
        name: "for 32-bit Windows programs",
        options: ["-DPOOLNV_WINDOWS", ...target, ...everything],
        zig: "x86-windows-gnu",
    },
];

/** Each file includes what it uses: an editor, and a reader, needs no other file to begin with. */
describe("each C file of the pool compiles by itself", () => {
    let zig: string | null;
    let folder: string;
    before(() => {
        zig = findTool(zigForUcrt);
        folder = mkdtempSync(join(tmpdir(), "poolnv-each-file-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("finds them", () => {
        for (const room of ["pool", "hooks", "patch", "resident", "platform"]) {
            assert.ok(
                files.some((name) => name.startsWith(`${room}/`)),
                room,
            );
        }
    });

    for (const form of forms) {
        it(form.name, async (context) => {
            if (form.zig !== null && zig === null) {
                return context.skip("the 32-bit compiler is not prepared (run: npm run pretest)");
            }
            const compiler = form.zig === null ? ["cc"] : [zig!, "cc", "-target", form.zig];
            const waiting = files.filter((name) => !isForAnother(name, form.options));
            const found: string[] = [];
            const work = async () => {
                for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
                    found.push(await messages(compiler, name, form.options, folder));
                }
            };
            await Promise.all(Array.from({ length: availableParallelism() }, work));
            assert.ok(found.length > 30, `${found.length} files`);
            assert.equal(found.join(""), "");
        });
    }
});

/** The compiler's report on one file, empty if it accepts it. A header is compiled from a file that includes only it. */
async function messages([compiler, ...machine]: string[], name: string, options: string[], folder: string) {
    const output = join(folder, name.replaceAll("/", "-"));
    let source = join(root, name);
    if (name.endsWith(".h")) {
        writeFileSync(`${output}.c`, `#include "${source}"\n`);
        source = `${output}.c`;
    }
    // zig cc fails with -fsyntax-only.
    const mode = machine.length === 0 ? ["-fsyntax-only"] : ["-c", "-o", `${output}.o`];
    const cache = testFolder("zig-cache", zigForUcrt.pin.version);
    const { all, exitCode } = await execa(
        compiler!,
        [...machine, ...mode, "-std=gnu11", "-Wall", "-Wextra", "-Werror", ...options, ...addresses(options), source],
        { env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache }, all: true, reject: false, timeout: 60_000 },
    );
    return exitCode === 0 ? "" : `${name} (exit code ${exitCode}):\n${all}\n`;
}

/** Files of the native programs are not for the target, and the other way round. */
function isForAnother(name: string, options: readonly string[]): boolean {
    return options.includes("-D__TINYC__")
        ? /^(?:native|layout_dump)\.c$|[/_]native\.h$/.test(name)
        : name === "platform/tinycc.h";
}

/** A number for each macro that the agent, or a test, defines in front of the text. */
function addresses(options: readonly string[]): string[] {
    const isTarget = options.includes("-D__TINYC__");
    const used = new Set<string>();
    const defined = new Set(switches);
    for (const [name, text] of texts) {
        const code = text.replaceAll(/\/\*.*?\*\//gs, "");
        for (const [macro] of code.matchAll(/\b(?:POOLNV|ORIGINAL|GAME)_\w+/g)) used.add(macro);
        if (isTarget && isForAnother(name, options)) continue;
        for (const [, macro] of code.matchAll(/^#define (\w+)/gm)) defined.add(macro!);
    }
    for (const [, macro] of texts.get("hooks/crt_family.h")!.matchAll(/X\((\w+), \w+\)/g)) {
        used.add(`ORIGINAL_${macro}`);
    }
    const numbers = [...used].filter((macro) => !defined.has(macro) && !(macro in strings) && !macro.endsWith("_"));
    return [
        ...numbers.map((macro, index) => `-D${macro}=${0x10000000 + index * 0x10000}ul`),
        ...Object.entries(isTarget ? strings : {}).map(([macro, text]) => `-D${macro}=${text}`),
    ];
}
