import { join } from "node:path";
import { attachWaitSeconds, type LauncherInput, launchLogName } from "./launcher-input.js";
import { printableForSh, quoteForSh } from "./quote.js";

/** File name of the launcher for Linux. */
export const shLauncherName = "poolnv-launch.sh";

/** Launch options to enter in Steam, in the game's properties. Steam runs them by a shell. */
export function launchOptions(folder: string): string {
    return `${printableForSh(join(folder, shLauncherName))} %command%`;
}

/**
 * The launcher for Linux. It starts the game as Steam or Wine would and attaches when the game runs. `poolnv launch` can't
 * do it: under Proton only Steam's own command starts the game, and the script extender's loader is a program of its own,
 * in which the pool would be installed. The game is started even if the pool can't be installed.
 */
export function shLauncher(input: LauncherInput): string {
    const { game, folder, program, node, poolnv } = input;
    const { steam } = game;
    return `#!/bin/sh
# Starts ${game.title} and installs poolnv's pool in it. Written by: poolnv deploy
# To remove it: poolnv deploy --uninstall
# In Steam, in the game's properties, launch options: THIS_FILE %command%
game=${quoteForSh(folder)}
program=${quoteForSh(program)}
node=${quoteForSh(node)}
poolnv=${quoteForSh(poolnv)}
log=$game/${launchLogName}
${steam === null ? "" : exchangeProgram(steam.launcher)}
through_steam=yes
if [ "$#" -eq 0 ]; then
    through_steam=no
${byHand(input)}
fi

[ -x "$node" ] || node=$(command -v node)
attaching=
if [ -n "$node" ] && [ -f "$poolnv" ]; then
    # Steam's libraries are for games only.
    env -u LD_PRELOAD -u LD_LIBRARY_PATH "$node" "$poolnv" attach ${quoteForSh(game.program)} --detach --wait ${attachWaitSeconds} --in "$game" \\
        </dev/null >"$log" 2>&1 &
    attaching=$!
else
    echo "The game starts without its pool: poolnv is no longer at $poolnv. Run: poolnv deploy" >&2
fi

"$@"
code=$?

if [ -n "$attaching" ]; then
    # Steam's command ends with the game; Wine, started by hand, when the loader has started the game.
    if [ "$through_steam" = yes ]; then
        kill "$attaching" 2>/dev/null
    fi
    wait "$attaching" 2>/dev/null || cat "$log" >&2
fi
exit "$code"
`;
}

/** Replaces the program in Steam's command by the one to start, and leaves the rest of it. */
function exchangeProgram(launcher: string): string {
    return `
# In Steam's command, the launcher is replaced by the program to start.
left=$#
while [ "$left" -gt 0 ]; do
    word=$1
    shift
    case $word in
        */${quoteForSh(launcher)}) word=$game/$program ;;
    esac
    set -- "$@" "$word"
    left=$((left - 1))
done
`;
}

function byHand({ prefix, onlyThroughSteam }: LauncherInput): string {
    if (onlyThroughSteam) {
        return `    echo "This game runs in Steam's Proton: start it from Steam, with this file in its launch options." >&2
    exit 2`;
    }
    const own = prefix === null ? "" : `    : "\${WINEPREFIX:=$default_prefix}"\n    export WINEPREFIX\n`;
    const line = prefix === null ? "" : `    default_prefix=${quoteForSh(prefix)}\n`;
    return `${line}${own}    cd -- "$game" || exit 2
    set -- "\${POOLNV_WINE:-wine}" "$game/$program"`;
}
