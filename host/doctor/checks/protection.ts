import { UnreadableFile } from "../../files/read-small-file.js";
import { type Finding, ok } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Steam's protection is no obstacle: it has gone from memory once the game runs. */
export function checkProtection({ program }: GameSubject): Finding[] {
    if (program instanceof UnreadableFile || !program.isProtected) return [];
    return [ok("protection", "Steam protects the program (.bind): its code can be compared only once it runs")];
}
