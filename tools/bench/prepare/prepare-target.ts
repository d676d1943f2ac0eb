import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../../../host/frida/setup/run-step.js";
import { windowsPath } from "../../../host/process/wine.js";
import { type CompileTarget, compileTarget } from "../../../test/fixtures/prepare/compile.js";
import { type EnvironmentName, readEnvironments } from "../../../test/fixtures/prepare/environments.js";
import { isPeer } from "../allocators.js";
import type { BenchOptions } from "../bench-options.js";
import type { Platform } from "../platform.js";
import type { Missing, PreparedTarget } from "../prepared-target.js";
import { ensureCratePeers } from "./crate-peers.js";
import { ensureDebianPeers } from "./debian-peers.js";
import { missingBecause } from "./missing.js";

/**
 * Compiles the program of one platform and fetches the allocators to compare with, with what `test/fixtures/prepare` has made
 * ready. What is not available is returned, not thrown, so that the rest can be measured.
 */
export async function prepareTarget(
    target: Platform,
    options: Pick<BenchOptions, "winePrefix" | "allocators">,
    folder: string,
    report: Report,
): Promise<PreparedTarget | Missing> {
    const obstacle = whyNot(target);
    if (obstacle !== null) return obstacle;
    try {
        return await compileAndFetch(target, options, folder, report);
    } catch (error) {
        return missingBecause(error);
    }
}

const needs: Record<Platform, EnvironmentName[]> = {
    "linux-x64": ["native", "python"],
    "linux-i386": ["linuxI386", "python"],
    win32: ["win32Msvcrt", "wine"],
};

const compilerTargets: Record<Platform, CompileTarget> = {
    "linux-x64": "linux-x64",
    "linux-i386": "linux-i386",
    win32: "win32-msvcrt",
};

const source = fileURLToPath(new URL("../../../../tools/bench/programs/bench_target.c", import.meta.url));

function whyNot(target: Platform): Missing | null {
    const environments = readEnvironments();
    for (const need of needs[target]) {
        const environment = environments[need];
        if (!environment.ready) return { reason: environment.reason, resolution: environment.resolution };
    }
    if (target !== "linux-i386" || existsSync("/lib/ld-linux.so.2")) return null;
    return {
        reason: "Frida needs a 32-bit loader at its usual place to attach to 32-bit programs",
        resolution: "run: npm run bench",
    };
}

async function compileAndFetch(
    target: Platform,
    { winePrefix, allocators }: Pick<BenchOptions, "winePrefix" | "allocators">,
    folder: string,
    report: Report,
): Promise<PreparedTarget> {
    const program = join(folder, `bench-target-${target}.exe`);
    report(`compiling the program for ${target}`);
    const flags = target === "win32" ? [] : ["-ldl"];
    await compileTarget(source, { target: compilerTargets[target], output: program, flags });
    const wantsPeers = allocators.some(isPeer);
    if (target !== "win32") {
        const peers = wantsPeers ? await ensureDebianPeers(target, report) : noPeers;
        return { program, peers, wine: null, command: (file, args) => ({ file, args, env: {} }) };
    }
    const wine = wineFacts(winePrefix);
    return {
        program,
        peers: wantsPeers ? await ensureCratePeers(report) : noPeers,
        wine: { loader: wine.wine, prefix: wine.prefix },
        command: (file, args) => ({
            file: wine.wine,
            args: [windowsPath(file), ...args],
            env: { WINEPREFIX: wine.prefix, POOLNV_WINE: wine.wine },
        }),
    };
}

const noPeers: PreparedTarget["peers"] = new Map();

function wineFacts(prefix: string | null): { wine: string; prefix: string } {
    const { wine } = readEnvironments();
    if (!wine.ready) throw new Error(wine.reason);
    return { wine: wine.wine, prefix: prefix ?? wine.prefix };
}
