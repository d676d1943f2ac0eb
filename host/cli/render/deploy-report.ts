import { basename } from "node:path";
import { printable } from "../../../shared/printable.js";
import { manifestName } from "../../deploy/manifest.js";
import { type DeployPlan, type FileAction, isDone } from "../../deploy/plan.js";
import type { UninstallPlan } from "../../deploy/uninstall.js";
import type { Finding } from "../../doctor/finding.js";
import { type FoundGame, gameDocument } from "../../game/found-game.js";

const fileActions: Record<FileAction, string> = {
    write: "new",
    replace: "replaces the one that is there",
    unchanged: "is there already",
    keep: "your own settings stay as they are",
};

/** The changes that deploy is about to make. */
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
        row(manifestName, "list of these files, for --uninstall"),
    ];
}

/** How to start the game from now on. */
export function nextSteps({ store }: FoundGame, launchOptions: string | null, launcher: string): string[] {
    if (launchOptions === null) return [`Start the game with: ${printable(launcher)}`];
    return [
        ...(store === "steam" ? [] : [`Start the game with: ${printable(launcher)}`, "If the game is in Steam:"]),
        "Enter in Steam, in the game's properties, as launch options:",
        `  ${printable(launchOptions)}`,
    ];
}

/** The same as JSON. */
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
    restore: "is restored from its backup",
    drop: "is unchanged; its backup is removed",
    keep: "stays, and its backup too, because it was changed since",
};

/** The changes that uninstall is about to make. */
export function uninstallLines({ folder, remove, keep, programAction }: UninstallPlan): string[] {
    return [
        `In ${printable(folder)}:`,
        ...remove.map(({ path }) => row(path, "is removed")),
        ...keep.map(({ path }) => row(path, "stays, because it was changed since; --force removes it")),
        ...(programAction === null ? [] : [row("FalloutNV.exe", programActions[programAction])]),
    ];
}

/** The same as JSON. */
export function uninstallDocument({ folder, remove, keep, programAction }: UninstallPlan): object {
    const files = (entries: UninstallPlan["keep"]) => entries.map(({ file }) => file);
    return { folder, removed: files(remove), kept: files(keep), program: programAction };
}

function row(name: string, text: string): string {
    return `  ${name.padEnd(nameWidth)}${text}`;
}

const nameWidth = 32;
