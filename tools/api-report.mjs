// @ts-check
// Writes docs/poolnv*.api.md, one report of the exported names for each entry point of the package, so that a change of
// them shows in a diff. With --check it only compares. Either way every exported part must be documented.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../", import.meta.url));
const isCheck = process.argv.includes("--check");
const scratch = mkdtempSync(join(tmpdir(), "poolnv-interface-"));
/** @type {string[]} */
const problems = [];

try {
    for (const [name, types] of entryPoints()) report(`poolnv${name}.api.md`, types);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
    rmSync(scratch, { recursive: true, force: true });
}

/**
 * The entry points of package.json: the suffix of the report, and the file of declarations.
 *
 * @returns {[string, string][]}
 */
function entryPoints() {
    const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    return Object.entries(exports).map(([subpath, { types }]) => [subpath.slice(1).replaceAll("/", "-"), types]);
}

/**
 * @param {string} file
 * @param {string} types
 */
function report(file, types) {
    const options = { localBuild: !isCheck, messageCallback: collect };
    const { apiReportChanged } = Extractor.invoke(configuration(file, types), options);
    if (apiReportChanged && isCheck && !isSame(`${root}docs/${file}`, join(scratch, file))) {
        problems.push(`docs/${file} is out of date; to update it: npm run interface`);
    } else if (apiReportChanged && !isCheck) {
        console.log(`wrote docs/${file}`);
    }
}

/**
 * @param {string} written
 * @param {string} expected
 */
function isSame(written, expected) {
    return existsSync(written) && linesOf(written) === linesOf(expected);
}

/**
 * In order: the compiler writes the members of some inferred types in another one when it builds upon an earlier build.
 *
 * @param {string} file
 */
function linesOf(file) {
    return readFileSync(file, "utf8").split(/\r?\n/).sort().join("\n");
}

/**
 * @param {string} file
 * @param {string} types
 */
function configuration(file, types) {
    const silent = { logLevel: ExtractorLogLevel.None };
    const loud = { logLevel: ExtractorLogLevel.Warning };
    return ExtractorConfig.prepare({
        packageJsonFullPath: `${root}package.json`,
        configObjectFullPath: undefined,
        configObject: {
            projectFolder: root,
            mainEntryPointFilePath: `<projectFolder>/${types}`,
            compiler: { tsconfigFilePath: "<projectFolder>/host/tsconfig.json" },
            apiReport: {
                enabled: true,
                reportFileName: file,
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
                // Types that are not exported by name are in the report all the same.
                extractorMessageReporting: {
                    default: loud,
                    "ae-missing-release-tag": silent,
                    "ae-forgotten-export": silent,
                    // A link may lead to another entry point.
                    "ae-unresolved-link": silent,
                },
                tsdocMessageReporting: { default: loud, "tsdoc-param-tag-missing-hyphen": silent },
            },
        },
    });
}

/** @param {import("@microsoft/api-extractor").ExtractorMessage} message */
function collect(message) {
    message.handled = true;
    const { category, logLevel, text, sourceFilePath, sourceFileLine } = message;
    if (category === "console" || (logLevel !== ExtractorLogLevel.Warning && logLevel !== ExtractorLogLevel.Error)) {
        return;
    }
    problems.push(`${sourceFilePath ?? ""}:${sourceFileLine ?? ""} ${text}`);
}
