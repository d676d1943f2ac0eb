/** The command line of the benchmark: `npm run bench`. */
import { runBenchCommand } from "./bench-command.js";

process.exitCode = await runBenchCommand(process.argv.slice(2), process);
