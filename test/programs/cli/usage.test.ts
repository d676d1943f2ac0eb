import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { assertFails, type ExpectedError } from "./expected-error.js";

const folder = mkdtempSync(join(tmpdir(), "poolnv-usage-"));
const badConfig = join(folder, "bad.ini");
writeFileSync(badConfig, "pool_size_mb = lots\n");

/** Command lines that are wrong before any process is searched for. */
const cases: { subject: string; args: string[]; expected: Partial<ExpectedError> }[] = [
    { subject: "an unknown command", args: ["atach", "x"], expected: { message: /did you mean attach/i } },
    { subject: "an unknown option", args: ["attach", "x", "--pool-sise", "5"], expected: { message: /pool-sise/ } },
    { subject: "an option without its value", args: ["attach", "x", "--log"], expected: { message: /log/ } },
    {
        subject: "a pool above the limit",
        args: ["attach", "x", "--pool-size", "4000"],
        expected: { message: /"4000".*1536/ },
    },
    { subject: "a pool below the limit", args: ["attach", "x", "--pool-size", "1"], expected: { message: /"1".*16/ } },
    {
        subject: "a pool that is no number",
        args: ["attach", "x", "--pool-size", "1e3"],
        expected: { message: /"1e3"/ },
    },
    {
        subject: "an unknown strategy",
        args: ["attach", "x", "--strategy", "fast"],
        expected: { message: /"fast".*recycle/ },
    },
    { subject: "an unknown engine", args: ["attach", "x", "--engine", "node"], expected: { message: /"node".*wine/ } },
    { subject: "an unknown layer", args: ["attach", "x", "--layers", "crt,heap"], expected: { message: /heap/ } },
    { subject: "attach without a process", args: ["attach"], expected: { resolution: /poolnv attach --help/ } },
    { subject: "launch without a program", args: ["launch"], expected: { message: /program/, resolution: /launch/ } },
    { subject: "exec without a command", args: ["exec", "x"], expected: { resolution: /poolnv exec --help/ } },
    {
        subject: "a misspelt console command",
        args: ["exec", "x", "GetMemoryPoolStat"],
        expected: { message: /Did you mean GetMemoryPoolStats/, resolution: /GetMemoryPoolUsage/ },
    },
    {
        subject: "a console command's wrong argument",
        args: ["exec", "x", "SetMemoryPoolActive", "2"],
        expected: { message: /"2"/, resolution: /SetMemoryPoolActive 0\|1/ },
    },
    { subject: "run without a script", args: ["run", "x"], expected: { resolution: /poolnv run --help/ } },
    {
        subject: "a script that is not there",
        args: ["run", "x", join(folder, "none.txt")],
        expected: { code: "SCRIPT_NOT_READABLE", message: /none\.txt/, resolution: /standard input/ },
    },
    {
        subject: "a script with a mistake",
        args: ["run", "x", badConfig],
        expected: { code: "BAD_SCRIPT", message: /bad\.ini, line 1, column 1/, resolution: /set NAME to/ },
    },
    {
        subject: "watching too often",
        args: ["watch", "x", "--interval", "0.01"],
        expected: { message: /"0\.01".*0\.1 to 3600/, resolution: /watch --help/ },
    },
    {
        subject: "watching for nothing",
        args: ["watch", "x", "--count", "0"],
        expected: { message: /"0".*1 to 1000000000/ },
    },
    {
        subject: "two kinds of values on standard output",
        args: ["watch", "x", "--csv", "-", "--prometheus", "-"],
        expected: { message: /both need standard output/, resolution: /file/ },
    },
    { subject: "a port without a page", args: ["watch", "x", "--port", "80"], expected: { resolution: /--web/ } },
    {
        subject: "a port that is none",
        args: ["watch", "x", "--web", "--port", "70000"],
        expected: { message: /"70000".*65535/ },
    },
    { subject: "nothing to overwrite", args: ["watch", "x", "--force"], expected: { resolution: /--csv FILE/ } },
    {
        subject: "a program that is not there",
        args: ["launch", "--", "/nonexistent/game.exe"],
        expected: { code: "NO_SUCH_PROGRAM", message: /game\.exe/, resolution: /path/ },
    },
    {
        subject: "a configuration file that makes no sense",
        args: ["attach", "x", "--config", badConfig],
        expected: { code: "BAD_CONFIG", message: /lots/ },
    },
    {
        subject: "a configuration file that is not there",
        args: ["attach", "x", "--config", join(folder, "none.ini")],
        expected: { code: "BAD_CONFIG", message: /none\.ini/ },
    },
];

describe("a wrong command line ends with 2, two lines for a person and one document for a script", () => {
    after(() => rmSync(folder, { recursive: true }));

    for (const { subject, args, expected } of cases) {
        it(`poolnv with ${subject} exits with 2 and prints what to do`, async () => {
            const defaults: ExpectedError = { exitCode: 2, code: "USAGE", message: /./, resolution: /./ };
            await assertFails(args, { ...defaults, ...expected });
        });
    }
});
