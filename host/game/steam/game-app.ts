/** Fallout: New Vegas at Steam, by the number that names its manifest and its Proton prefix. */
export const GAME_APP = "22380";
