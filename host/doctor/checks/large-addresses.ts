import { UnreadableFile } from "../../files/read-small-file.js";
import { type Finding, ok, warning } from "../finding.js";
import type { GameSubject } from "../game-subject.js";

/** Whether the program may use more than 2 GB. */
export function checkLargeAddresses({ program }: GameSubject): Finding[] {
    if (program instanceof UnreadableFile) return [];
    if (program.largeAddressAware) return [ok("large-addresses", "the program may use 4 GB (large-address-aware)")];
    return [
        warning(
            "large-addresses",
            "the program may use only 2 GB (it is not large-address-aware): the pool will have about 576 MB at most",
            program.isProtected
                ? "Patch it with the FNV 4GB Patcher (nexusmods.com/newvegas/mods/62552)."
                : "Patch it with the FNV 4GB Patcher (nexusmods.com/newvegas/mods/62552), or: poolnv deploy --set-laa",
        ),
    ];
}
