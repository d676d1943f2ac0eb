// @ts-check
// Writes docs/poolnv.api.md, the report of what the package offers to other programs, so that a change of that shows in a
// review. With --check it writes nothing and fails if the report is out of date. Either way every part must be documented.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../", import.meta.url));
const isCheck = process.argv.includes("--check");
const scratch = mkdtempSync(join(tmpdir(), "poolnv-interface-"));
/** @type {string[]} */
const complaints = [];

try {
    const { apiReportChanged } = Extractor.invoke(configuration(), { localBuild: !isCheck, messageCallback: hear });
    if (apiReportChanged && isCheck && linesOf(`${root}docs/poolnv.api.md`) !== linesOf(join(scratch, "poolnv.api.md")))
        complaints.push("docs/poolnv.api.md is not what the sources offer; to write it anew: npm run interface");
    else if (apiReportChanged && !isCheck) console.log("wrote docs/poolnv.api.md");
    for (const complaint of complaints) console.error(complaint);
    process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
    rmSync(scratch, { recursive: true, force: true });
}

/**
 * In order: the compiler writes the members of some inferred types in another one when it builds upon an earlier build.
 *
 * @param {string} file
 */
function linesOf(file) {
    return readFileSync(file, "utf8").split(/\r?\n/).sort().join("\n");
}

function configuration() {
    const silent = { logLevel: ExtractorLogLevel.None };
    const loud = { logLevel: ExtractorLogLevel.Warning };
    return ExtractorConfig.prepare({
        packageJsonFullPath: `${root}package.json`,
        configObjectFullPath: undefined,
        configObject: {
            projectFolder: root,
            mainEntryPointFilePath: "<projectFolder>/dist/host/index.d.ts",
            compiler: { tsconfigFilePath: "<projectFolder>/host/tsconfig.json" },
            apiReport: {
                enabled: true,
                reportFileName: "poolnv.api.md",
                reportFolder: "<projectFolder>/docs/",
                reportTempFolder: scratch,
                includeForgottenExports: true,
            },
            docModel: { enabled: false },
            dtsRollup: { enabled: false },
            tsdocMetadata: { enabled: false },
            newlineKind: "lf",
            messages: {
                compilerMessageReporting: { default: loud },
                // What is exported under no name of its own stands in the report all the same.
                extractorMessageReporting: {
                    default: loud,
                    "ae-missing-release-tag": silent,
                    "ae-forgotten-export": silent,
                },
                tsdocMessageReporting: { default: loud, "tsdoc-param-tag-missing-hyphen": silent },
            },
        },
    });
}

/** @param {import("@microsoft/api-extractor").ExtractorMessage} message */
function hear(message) {
    message.handled = true;
    const { category, logLevel, text, sourceFilePath, sourceFileLine } = message;
    if (category === "console" || (logLevel !== ExtractorLogLevel.Warning && logLevel !== ExtractorLogLevel.Error))
        return;
    complaints.push(`${sourceFilePath ?? ""}:${sourceFileLine ?? ""} ${text}`);
}
