/** What `npm run test:stress` runs once everything is prepared: the long form of `test/safety`. */
import { fileURLToPath } from "node:url";
import { environmentTable, preparedEnvironments, runNode } from "./prepared.js";

const environments = preparedEnvironments();
console.error(environmentTable(environments));
const run = fileURLToPath(new URL("../safety/stress/run-stress.js", import.meta.url));
process.exitCode = await runNode(environments, [run, ...process.argv.slice(2)]);
