import { create } from "xmlbuilder2";
import { printable } from "../../../shared/printable.js";
import type { VerdictRecord } from "./record.js";
import type { Summary } from "./summary.js";

/**
 * The verdicts as JUnit XML for CI systems: a test case for each save. An expectation that was not met is a failure; a crash,
 * a hang and a save that could not be tested are errors; a save that was not reached is skipped.
 */
export function junitXml({ run, verdicts, times }: Summary): string {
    const judged = verdicts.filter((verdict) => verdict !== null);
    const count = (kind: ReturnType<typeof kindOf>) => judged.filter((verdict) => kindOf(verdict) === kind).length;
    const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);
    const total = times.reduce((sum, { took }) => sum + (took ?? 0), 0);
    const totals = {
        name: clean(run.scenario ?? "load test"),
        tests: verdicts.length,
        failures: count("failure"),
        errors: count("error"),
        skipped: verdicts.length - judged.length,
        time: seconds(total),
    };
    const document = create({ version: "1.0", encoding: "UTF-8", invalidCharReplacement: "?" });
    const suite = document
        .ele("testsuites", totals)
        .ele("testsuite", { ...totals, timestamp: run.started.replace(/\.\d+Z$/, "") });
    for (const [index, verdict] of verdicts.entries()) {
        const test = suite.ele("testcase", {
            classname: clean(run.program),
            name: clean(run.saves[index]! || "without a save"),
            time: seconds(times[index]!.took ?? 0),
        });
        if (verdict === null) {
            test.ele("skipped", { message: "not reached" });
        } else if (verdict.verdict !== "passed") {
            test.ele(kindOf(verdict)!, {
                type: verdict.verdict,
                message: clean(verdict.reasons[0] ?? verdict.verdict),
            }).txt(verdict.reasons.map(clean).join("\n"));
        }
    }
    return document.end({ prettyPrint: true }) + "\n";
}

function kindOf({ verdict }: VerdictRecord): "failure" | "error" | null {
    return verdict === "passed" ? null : verdict === "failed" ? "failure" : "error";
}

/** XML allows no control characters, not even escaped ones. */
function clean(text: string): string {
    return printable(text);
}
