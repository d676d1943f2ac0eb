import type { EngineChoice } from "../../frida/engine.js";
import type { Layer, Reservation, Strategy } from "../pool-session.js";

/** What holds where nothing else is said, for scripts, the configuration file and the options alike. */
export const poolDefaults = {
    engine: "auto" as EngineChoice,
    poolSizeMb: 1536,
    strategy: "recycle" as Strategy,
    reserve: "whole" as Reservation,
    layers: ["crt", "gameheap"] as Layer[],
    gameConsole: true,
    printInGame: false,
    extraPatches: false,
    tuning: {
        quarantineMb: 0,
        prefaultMb: 0,
        trimIdleSeconds: 0,
        groupsMb: { small: 0, medium: 0, large: 0, huge: 0 },
    },
};
