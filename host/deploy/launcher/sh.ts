import { join } from "node:path";

import { type Launched, LAUNCH_LOG, WAIT_SECONDS } from "./launched.js";
import { quoteForSh } from "./quote.js";

/** File name of the launcher. */
export const SH_LAUNCHER = "poolnv-launch.sh";

/** What to enter in Steam, at the game's properties, as its launch options. Steam hands it to a shell. */
export function launchOptions(folder: string): string {
    return `${quoteForSh(join(folder, SH_LAUNCHER))} %command%`;
}

/**
 * The launcher for Linux. It starts the game as Steam or Wine would and attaches as soon as the game runs, instead of
 * starting it by `poolnv launch`: under Proton only Steam's own command knows how, and xNVSE's loader is a program of
 * its own, which would get the pool in the game's place. Whatever becomes of the pool, the game is started.
 */
export function shLauncher(launched: Launched): string {
    const { folder, program, node, poolnv } = launched;
    return `#!/bin/sh
# Starts Fallout: New Vegas and puts poolnv's pool under it. Written by: poolnv deploy
# Taken away by: poolnv deploy --uninstall
# In Steam, at the game's properties, launch options: THIS_FILE %command%
game=${quoteForSh(folder)}
program=${quoteForSh(program)}
node=${quoteForSh(node)}
poolnv=${quoteForSh(poolnv)}
log=$game/${LAUNCH_LOG}

# Of Steam's command only the program is exchanged: its launcher for the one that starts the game.
left=$#
while [ "$left" -gt 0 ]; do
    word=$1
    shift
    case $word in
        */FalloutNVLauncher.exe) word=$game/$program ;;
    esac
    set -- "$@" "$word"
    left=$((left - 1))
done

through_steam=yes
if [ "$#" -eq 0 ]; then
    through_steam=no
${byHand(launched)}
fi

[ -x "$node" ] || node=$(command -v node)
attaching=
if [ -n "$node" ] && [ -f "$poolnv" ]; then
    # Steam's libraries are meant for games.
    env -u LD_PRELOAD -u LD_LIBRARY_PATH "$node" "$poolnv" attach FalloutNV.exe --detach --wait ${WAIT_SECONDS} --in "$game" \\
        </dev/null >"$log" 2>&1 &
    attaching=$!
else
    echo "The game starts without its pool: poolnv is no longer at $poolnv. Run: poolnv deploy" >&2
fi

"$@"
code=$?

if [ -n "$attaching" ]; then
    # Steam's command ends with the game; Wine's own, started by hand, when the loader has done its work.
    if [ "$through_steam" = yes ]; then
        kill "$attaching" 2>/dev/null
    fi
    wait "$attaching" 2>/dev/null || cat "$log" >&2
fi
exit "$code"
`;
}

function byHand({ prefix, onlyThroughSteam }: Launched): string {
    if (onlyThroughSteam)
        return `    echo "This game runs in Steam's Proton: start it from Steam, with this file in its launch options." >&2
    exit 2`;
    const own = prefix === null ? "" : `    : "\${WINEPREFIX:=$default_prefix}"\n    export WINEPREFIX\n`;
    const line = prefix === null ? "" : `    default_prefix=${quoteForSh(prefix)}\n`;
    return `${line}${own}    cd -- "$game" || exit 2
    set -- "\${POOLNV_WINE:-wine}" "$game/$program"`;
}
