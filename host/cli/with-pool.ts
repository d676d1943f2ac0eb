import type { PoolClient } from "../client/pool-client.js";
import type { Context } from "./context.js";
import { resolvePoolOptions } from "./options/resolve-settings.js";
import type { PoolArguments } from "./options/shared-options.js";

/**
 * Runs work on the pool that a program already has, and disconnects afterwards.
 *
 * @throws UserError NO_POOL, NO_SUCH_PROCESS, ...
 */
export async function withPool(
    args: PoolArguments & { process: string | number },
    { output, services }: Context,
    work: (pool: PoolClient) => Promise<void>,
): Promise<void> {
    const options = await resolvePoolOptions(args, output, (engine) =>
        services.findConfigFile({ process: args.process, engine }),
    );
    const pool = await services.connect(args.process, options);
    try {
        await work(pool);
    } finally {
        await pool.close();
    }
}
