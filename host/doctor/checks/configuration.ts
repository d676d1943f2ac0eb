import { readConfigFile } from "../../config/config-file.js";
import { findConfigFile } from "../../config/find-config-file.js";
import { joinSettings } from "../../config/settings-in-force.js";
import { UserError } from "../../errors.js";
import { error, type Finding, ok, warning } from "../finding.js";

/** The launcher that deploy writes attaches. */
const patchesNeedLaunch = warning(
    "configuration",
    "extra_patches is on: every attach is refused, that of the launcher in the game's folder too",
    "Start the game by poolnv launch, or set extra_patches = off",
);

/**
 * Whether the settings are such that the pool takes them.
 *
 * @param named a file that a person named, which goes before that in the game's folder
 * @param program the game's, if there is one
 */
export async function checkConfiguration(named: string | undefined, program: string | null): Promise<Finding[]> {
    const found = named ?? (program === null ? null : findConfigFile({ program }));
    if (found === null) return [ok("configuration", "no configuration file: everything is at its default")];
    const file = typeof found === "string" ? found : found.file;
    if (typeof found !== "string" && !found.trusted)
        return [
            warning("configuration", `${file} belongs to another user and is not used`, `To use it: --config ${file}`),
        ];
    try {
        const { settings } = joinSettings(await readConfigFile(file), {});
        const valid = ok("configuration", `${file} is valid`);
        return settings.extra_patches === "on" ? [valid, patchesNeedLaunch] : [valid];
    } catch (reason) {
        if (!(reason instanceof UserError)) throw reason;
        return [error("configuration", reason.message, reason.resolution)];
    }
}
