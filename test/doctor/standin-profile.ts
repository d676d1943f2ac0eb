import type { GameProfile } from "../../host/game/game-profile.js";
import { layout } from "../standin/layout.js";
import { bytesOf, hookableSites } from "../standin/sites/index.js";

/** What the stand-in's tables say of the game, as a profile. */
export const standinProfile: GameProfile = {
    version: "1.4.0.525",
    imageBase: layout.imageBase,
    sites: hookableSites.map((site) => ({ name: site.name, address: site.address, bytes: bytesOf(site) })),
};
