import { basename } from "node:path";

import { printable } from "../../../shared/printable.js";
import type { Finding } from "../../doctor/finding.js";
import { type FoundGame, gameDocument } from "../../game/found-game.js";
import { manifestName } from "../../deploy/manifest.js";
import { type DeployPlan, type FileAction, isDone } from "../../deploy/plan.js";
import type { UninstallPlan } from "../../deploy/uninstall.js";

const fileActions: Record<FileAction, string> = {
    write: "new",
    replace: "replaces the one that is there",
    unchanged: "is there already",
    keep: "your own settings stay as they are",
};

/** What deploy is about to do, for people. */
export function deployLines({ folder, files, patch }: DeployPlan): string[] {
    return [
        `In ${printable(folder)}:`,
        ...files.map(({ path, action }) => row(path, fileActions[action])),
        ...(patch === null
            ? []
            : [
                  row(basename(patch.file), "gets the large-address-aware flag, one bit"),
                  row(basename(patch.backup), "a copy of it as it is now"),
              ]),
        row(manifestName, "the list of all this, for --uninstall"),
    ];
}

/** How the game is started from now on. */
export function nextSteps({ store }: FoundGame, launchOptions: string | null, launcher: string): string[] {
    if (launchOptions === null) return [`Start the game by: ${printable(launcher)}`];
    return [
        ...(store === "steam" ? [] : [`Start the game by: ${printable(launcher)}`, "From Steam, if it is there:"]),
        "Enter in Steam, at the game's properties, as its launch options:",
        `  ${printable(launchOptions)}`,
    ];
}

/** The same for a script. */
export function deployDocument(
    plan: DeployPlan,
    game: FoundGame,
    warnings: readonly Finding[],
    launchOptions: string | null,
): object {
    return {
        game: gameDocument(game),
        warnings,
        changed: !isDone(plan),
        files: plan.files.map(({ path, file, action }) => ({ path, file, action })),
        large_address_aware: plan.patch === null ? null : { file: plan.patch.file, backup: plan.patch.backup },
        launch_options: launchOptions,
    };
}

const programActions: Record<NonNullable<UninstallPlan["programAction"]>, string> = {
    restore: "becomes what it was, from its backup",
    drop: "is what it was already; its backup goes",
    keep: "stays, and its backup too, because it was changed since",
};

/** What uninstall is about to do, for people. */
export function uninstallLines({ folder, program, remove, keep, programAction }: UninstallPlan): string[] {
    return [
        `In ${printable(folder)}:`,
        ...remove.map(({ path }) => row(path, "goes")),
        ...keep.map(({ path }) => row(path, "stays, because it was changed since; with --force it goes")),
        ...(programAction === null ? [] : [row(basename(program), programActions[programAction])]),
    ];
}

/** The same for a script. */
export function uninstallDocument({ folder, remove, keep, programAction }: UninstallPlan): object {
    const files = (entries: UninstallPlan["keep"]) => entries.map(({ file }) => file);
    return { folder, removed: files(remove), kept: files(keep), program: programAction };
}

function row(name: string, text: string): string {
    return `  ${name.padEnd(WIDTH)}${text}`;
}

const WIDTH = 32;
