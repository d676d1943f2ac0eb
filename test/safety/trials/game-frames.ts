import { attach } from "../../../host/client/open.js";
import type { PoolClient } from "../../../host/client/pool-client.js";
import type { Layer } from "../../../shared/protocol/install.js";
import { whyNot, wineEnvironment } from "../../fixtures/support/targets.js";
import { type Victim, VictimHangs } from "../../fixtures/support/victim.js";
import { withStandin } from "../../game/falloutnv/stand-ins.js";
import { harms } from "../../game/standin/harms.js";
import type { Tally } from "../tally.js";
import type { Trial } from "../trial.js";

const layers: Layer[] = ["crt", "gameheap", "scrapheap"];

/** How long frames run between two checks of all blocks, in seconds. */
const stretch = 30;

/**
 * The stand-in of the game works on for a long time with all three layers: frames without a pause between them, two AI
 * threads, a thread for files, blocks that other threads free, reads of what was freed.
 */
export const gameFrames: Trial = {
    name: "game-frames",
    what: "seconds of frames of the game, three layers",
    places: ["win32-ucrt"],
    count: () => ({ short: 0, full: 600 }),
    whyNot: () => whyNot("win32-ucrt"),
    async run(task, tally) {
        Object.assign(process.env, wineEnvironment());
        await withStandin({}, ["--cells", "200000"], async (standin) => {
            await standin.numbers("frames 100");
            const session = await attach(standin.pid, { layers });
            try {
                let frames = 0;
                while (tally.count < task.count && !task.stopping()) {
                    const seconds = Math.min(stretch, task.count - tally.count);
                    frames += (await standin.numbers(`run ${seconds}`))["frames"] ?? 0;
                    await check(standin, tally);
                    tally.done(seconds);
                }
                tally.remarks.push(`${frames.toLocaleString("en")} frames; ${await shares(session)}`);
            } catch (error) {
                if (!(error instanceof VictimHangs) && standin.ending === null) throw error;
                tally.death(`after ${tally.count} s: ${(error as Error).message}`);
            } finally {
                await session.close();
            }
        });
    },
};

async function check(standin: Victim, tally: Tally): Promise<void> {
    const found = await standin.numbers("check");
    for (const kind of harms) {
        if (found[kind] !== 0) tally.contents(found[kind], `${kind}, ${await standin.order("fault")}`);
    }
}

async function shares(session: PoolClient): Promise<string> {
    const { by_layer } = await session.statistics();
    return Object.entries(by_layer)
        .map(([layer, { pool_allocs, fallback_allocs }]) => {
            const share = (100 * pool_allocs) / Math.max(1, pool_allocs + fallback_allocs);
            return `${layer}: the pool served ${pool_allocs.toLocaleString("en")} requests, ${share.toFixed(3)} %`;
        })
        .join("; ");
}
