/** The command line of the benchmark: `npm run bench`. */
import { runCommandLine } from "../../host/cli/run.js";

process.exitCode = await runCommandLine(["bench", ...process.argv.slice(2)], process, undefined, {
    bench: async (context) => (await import("./bench-command.js")).createBenchCommand(context),
});
