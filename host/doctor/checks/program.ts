import { UnreadableFile } from "../../files/read-small-file.js";
import { error, type Finding } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Whether the program can be read at all. What it says is for the other checks. */
export function checkProgram({ program }: GameSubject): Finding[] {
    return program instanceof UnreadableFile
        ? [error("program", program.message, "Let your store's client check the game's files, which brings it back.")]
        : [];
}
