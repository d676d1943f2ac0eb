/** What `npm test` runs once everything is prepared: the suites of `test/runner`. */
import { fileURLToPath } from "node:url";
import { environmentTable, preparedEnvironments, runNode } from "./prepared.js";

const environments = preparedEnvironments();
console.log(environmentTable(environments));
const run = fileURLToPath(new URL("run-suites.js", import.meta.url));
process.exitCode = await runNode(environments, [run, ...process.argv.slice(2)]);
