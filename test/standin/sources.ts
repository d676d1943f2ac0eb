import { imports } from "./imports.js";
import { layout } from "./layout.js";
import { bytesOf, sites } from "./sites/index.js";
import type { Site } from "./sites/site.js";

/**
 * The header `game.h`: the game's functions as C calls them (`game.NAME`), the functions behind them
 * (`vanilla_NAME`), imported functions by their cells.
 */
export function headerSource(): string {
    return [
        "#ifndef STANDIN_GAME_H",
        "#define STANDIN_GAME_H",
        '#include "types.h"',
        ...imports.map(({ name, cell }) => `#define ${name} (*(__typeof__(&${name}) *)${hex(cell)})`),
        ...called.map((site) => `typedef ${declaration(site, `${site.name}_function`)};`),
        "struct Game {",
        ...called.map(({ name }) => `${name}_function *${name};`),
        "};",
        "static const struct Game game = {",
        ...called.map(({ name, address }) => `(${name}_function *)${hex(address)},`),
        "};",
        ...written.map((site) => `${declaration(site, `vanilla_${site.name}`)};`),
        `#define GAME_JUMP_TARGETS ${written.map(({ name }) => `vanilla_${name}`).join(", ")}`,
        `#define GAME_HOOKABLE(SITE) ${hookable.map(({ name, displaced }) => `SITE(${name}, ${displaced})`).join(" ")}`,
        `#define GAME_TEXT ${hex(layout.text)}`,
        `#define GAME_TEXT_END ${hex(layout.rdata)}`,
        `#define GAME_ENTRY ${hex(entryAddress)}`,
        `#define GAME_SCRAMBLE ${hex(layout.scramble)}u`,
        "#endif",
        "",
    ].join("\n");
}

/** The assembly of the section `.game`: the game's code from its first address on, with traps between the places. */
export function assemblySource(): string {
    return [
        ".intel_syntax noprefix",
        ".def @feat.00", // the linker wants to be told that this has no exception handlers of its own
        ".scl 3",
        ".type 0",
        ".endef",
        ".globl @feat.00",
        ".set @feat.00, 1",
        ".globl __tls_index",
        `.set __tls_index, ${hex(layout.tlsIndex)}`,
        '.section .game,"xr"',
        "game_text:",
        ...sites.map(({ name, address }) => `.set site_${name}, game_text + ${hex(address - layout.text)}`),
        ...sites.flatMap(siteSource),
        `.org ${hex(layout.rdata - layout.text)}, 0xCC`,
        "",
    ].join("\n");
}

/** Where the program begins. */
export const entryAddress = sites.find(({ name }) => name === "entry")!.address;

const called = sites.filter(({ signature }) => signature !== null);
const written = sites.filter(({ inC }) => inC);
const hookable = called.filter(({ displaced }) => displaced !== null);

function siteSource(site: Site): string[] {
    const bytes = bytesOf(site);
    return [
        `.org ${hex(site.address - layout.text)}, 0xCC`,
        ...(bytes.length === 0 ? [] : [`.byte ${bytes.join(", ")}`]),
        ...site.code.map((line) => resolve(line, site)),
    ];
}

function resolve(line: string, site: Site): string {
    return line
        .replace("$body", () => `_jump_targets + ${4 * written.indexOf(site)}`)
        .replace(/import_(\w+)/, (_, name: string) => hex(imports.find((entry) => entry.name === name)!.cell));
}

function declaration(site: Site, name: string): string {
    const { result, convention, parameters } = site.signature!;
    return `${result} ${convention} ${name}(${parameters})`;
}

function hex(value: number): string {
    return `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;
}
