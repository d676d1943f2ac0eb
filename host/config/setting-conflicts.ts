import { settingTable } from "./setting-table.js";
import { rowOf, type SettingName, settingNames, type Settings } from "./settings.js";

/** Settings that are each valid, but not together. */
export interface SettingConflict {
    /** The settings to change. */
    names: readonly SettingName[];
    /** What is wrong, as a clause without a full stop: `prefault_mb is 900, more than the pool of 512 MB`. */
    what: string;
    resolution: string;
    /** The setting that limits them, if another one does. */
    limitedBy?: SettingName;
}

/** Finds settings that contradict each other; a setting that is not set counts with its default. */
export function findConflict(settings: Settings): SettingConflict | null {
    const poolMb = settings.pool_size_mb ?? settingTable.pool_size_mb.default ?? 0;
    const prefaultMb = settings.prefault_mb ?? 0;
    if (prefaultMb > poolMb) {
        return {
            names: ["prefault_mb"],
            what: `prefault_mb is ${prefaultMb}, more than the pool of ${poolMb} MB`,
            resolution: "Lower prefault_mb, or raise pool_size_mb.",
            limitedBy: "pool_size_mb",
        };
    }
    const groups = settingNames.filter((name) => rowOf(name).section === "groups");
    const groupsMb = groups.reduce((sum, name) => sum + Number(settings[name] ?? 0), 0);
    if (groupsMb > poolMb) {
        return {
            names: groups,
            what: `the groups add up to ${groupsMb} MB, more than the pool of ${poolMb} MB`,
            resolution: "Lower a group, set it to 0 for its usual share, or raise pool_size_mb.",
            limitedBy: "pool_size_mb",
        };
    }
    if (settings.reserve === "segments" && settings.strategy === "bump") {
        return {
            names: ["reserve"],
            what: "reserve is segments, but bump needs its address space as a whole",
            resolution: "Set reserve to whole, or strategy to recycle.",
        };
    }
    if (settings.print_in_game === "on" && settings.game_console === "off") {
        return {
            names: ["print_in_game"],
            what: "print_in_game is on, but game_console, which it needs, is off",
            resolution: "Set game_console to on, or print_in_game to off.",
        };
    }
    const layers = settings.layers ?? settingTable.layers.default ?? [];
    if (settings.extra_patches === "on" && !(layers.includes("gameheap") && layers.includes("scrapheap"))) {
        return {
            names: ["extra_patches"],
            what: `extra_patches is on, but the layers are ${layers.join(", ")}: without gameheap and scrapheap the game needs its own heaps`,
            resolution: "Set layers to crt, gameheap, scrapheap, or extra_patches to off.",
        };
    }
    return null;
}
