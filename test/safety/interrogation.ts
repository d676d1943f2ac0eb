import { locatedAtOnce } from "../../shared/protocol.js";
import { readCallers } from "../../host/client/sampling/read-callers.js";
import { openEngine } from "../../host/frida/open-engine.js";
import type { Engine, EngineSession } from "../../host/frida/engine.js";
import { histogramBars } from "../../host/repl/statistics-lines.js";
import { statisticsBlock } from "../../host/text/statistics-block.js";
import { UserError } from "../../host/errors.js";
import { sessionScript } from "../../host/client/agent-scripts.js";
import { findOnly, findOrInstall } from "../../host/client/install.js";
import { LivingPoolSession } from "../../host/client/living-pool-session.js";
import { translateErrors } from "../../host/client/translate-errors.js";
import { readEnvironments } from "../fixtures/prepare/environments.js";
import type { Target } from "../fixtures/support/targets.js";
import type { Victim } from "../fixtures/support/victim.js";
import type { Outcome } from "./forgeries.js";

/** Long enough for any answer that comes at all. */
const answerLimitMs = 8_000;

/** One visit of the host to a program, in which its pool can be asked for again and again. */
export class Interrogation {
    private constructor(
        readonly engine: Engine,
        readonly session: EngineSession,
    ) {}

    static async begin(victim: Victim, target: Target): Promise<Interrogation> {
        const { wine } = readEnvironments();
        const engine = await openEngine({
            choice: target.engine,
            wine: target.engine === "wine" && wine.ready ? { loader: wine.wine, prefix: wine.prefix } : null,
            programOutput: "none",
            answerLimitMs,
            onProgress: () => {},
        });
        const pid = target.engine === "wine" ? (await victim.numbers("pid"))["pid"]! : victim.pid;
        return new Interrogation(engine, await engine.attach(pid, sessionScript()));
    }

    /**
     * Looks for a pool and asks everything of it.
     *
     * @param installs whether a pool that waits for its hooks gets them
     * @throws anything but what a person can mend
     */
    async ask(installs: boolean): Promise<Outcome> {
        try {
            const installed = await translateErrors(() =>
                installs ? findOrInstall(this.session, {}, this.engine.kind) : findOnly(this.session),
            );
            const pool = new LivingPoolSession(this.engine, this.session, installed);
            const statistics = await pool.statistics();
            histogramBars(statistics.histogram);
            await pool.log(statisticsBlock(statistics));
            await pool.setActive(false);
            await pool.reset();
            await pool.sampleCallers(1000);
            const { callers } = await readCallers(pool);
            await pool.locate(["0x10", ...[...callers.values()].flatMap(({ chain }) => chain)].slice(0, locatedAtOnce));
            return "served";
        } catch (error) {
            if (error instanceof UserError) return error.code;
            throw error;
        }
    }

    /** Leaves, as the host does: without waiting for a program that does not answer. */
    async end(): Promise<void> {
        await this.session.detach().catch(() => {});
        this.engine.close();
    }
}
