import { readReport } from "./blocks.js";
import { comparisonSection } from "./comparison-section.js";
import { part } from "./element.js";
import { SavesTable } from "./saves-table.js";
import { summary } from "./summary.js";

const report = readReport();
const table = new SavesTable(report.saves);
part("summary").append(...summary(report, (outcome) => table.showOnly(outcome)));
if (report.comparison !== null) {
    part("comparison").append(...comparisonSection(report.comparison));
    part("comparison").hidden = false;
}
part("saves").append(...table.nodes);
// The second frame begins after the first has been painted.
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("shown")));
