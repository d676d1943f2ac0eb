import { consoleSites } from "./console.js";
import { crtSites } from "./crt.js";
import { frameSites } from "./frame.js";
import { heapSites } from "./heap.js";
import { saveSites } from "./saves.js";
import { scrapSites } from "./scrap.js";
import type { Site } from "./site.js";
import { startSites } from "./start.js";
import { upkeepSites } from "./upkeep.js";

/** Every place of the game's code that the stand-in has, by address. */
export const sites: readonly Site[] = [
    ...crtSites,
    ...heapSites,
    ...scrapSites,
    ...upkeepSites,
    ...startSites,
    ...frameSites,
    ...consoleSites,
    ...saveSites,
].sort((one, other) => one.address - other.address);

/** Those that can be hooked by a jump of five bytes. */
export const hookableSites: readonly Site[] = sites.filter((site) => site.displaced !== null);

/** The bytes of a place, as numbers. */
export function bytesOf(site: Site): number[] {
    return site.bytes === "" ? [] : site.bytes.split(" ").map((byte) => parseInt(byte, 16));
}
