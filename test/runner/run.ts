/** What `npm test` and `npm run test:all` run after the preparation: the tests of a tier, or the suites that are named. */
import { fileURLToPath } from "node:url";
import { environmentTable, preparedEnvironments, runNode } from "./prepared.js";

const environments = preparedEnvironments();
console.log(environmentTable(environments));
const run = fileURLToPath(new URL("suites.js", import.meta.url));
process.exitCode = await runNode(environments, [run, ...process.argv.slice(2)]);
