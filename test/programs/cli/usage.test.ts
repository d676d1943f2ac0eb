import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { assertFails, type ToldError } from "./told-error.js";

const folder = mkdtempSync(join(tmpdir(), "poolnv-usage-"));
const badConfig = join(folder, "bad.ini");
writeFileSync(badConfig, "pool_size_mb = lots\n");

/** Command lines that are wrong before any process is looked for. */
const cases: { words: string; args: string[]; expected: Partial<ToldError> }[] = [
    { words: "no command", args: [], expected: { message: /No command was given/, resolution: /poolnv --help/ } },
    { words: "an unknown command", args: ["atach", "x"], expected: { message: /did you mean attach/i } },
    { words: "an unknown option", args: ["attach", "x", "--pool-sise", "5"], expected: { message: /pool-sise/ } },
    { words: "an option without its value", args: ["attach", "x", "--log"], expected: { message: /log/ } },
    {
        words: "a pool above the limit",
        args: ["attach", "x", "--pool-size", "4000"],
        expected: { message: /"4000".*1536/ },
    },
    { words: "a pool below the limit", args: ["attach", "x", "--pool-size", "1"], expected: { message: /"1".*16/ } },
    { words: "a pool that is no number", args: ["attach", "x", "--pool-size", "1e3"], expected: { message: /"1e3"/ } },
    {
        words: "an unknown strategy",
        args: ["attach", "x", "--strategy", "fast"],
        expected: { message: /"fast".*recycle/ },
    },
    { words: "an unknown engine", args: ["attach", "x", "--engine", "node"], expected: { message: /"node".*wine/ } },
    { words: "an unknown layer", args: ["attach", "x", "--layers", "crt,heap"], expected: { message: /heap/ } },
    { words: "attach without a process", args: ["attach"], expected: { resolution: /poolnv attach --help/ } },
    { words: "launch without a program", args: ["launch"], expected: { message: /program/, resolution: /launch/ } },
    { words: "exec without a command", args: ["exec", "x"], expected: { resolution: /poolnv exec --help/ } },
    {
        words: "a misspelt console command",
        args: ["exec", "x", "GetMemoryPoolStat"],
        expected: { message: /Did you mean GetMemoryPoolStats/, resolution: /GetMemoryPoolUsage/ },
    },
    {
        words: "a console command's wrong argument",
        args: ["exec", "x", "SetMemoryPoolActive", "2"],
        expected: { message: /"2"/, resolution: /SetMemoryPoolActive 0\|1/ },
    },
    { words: "run without a script", args: ["run", "x"], expected: { resolution: /poolnv run --help/ } },
    {
        words: "a script that is not there",
        args: ["run", "x", join(folder, "none.txt")],
        expected: { code: "SCRIPT_NOT_READABLE", message: /none\.txt/, resolution: /standard input/ },
    },
    {
        words: "a script with a mistake",
        args: ["run", "x", badConfig],
        expected: { code: "BAD_SCRIPT", message: /bad\.ini, line 1, column 1/, resolution: /set NAME to/ },
    },
    {
        words: "watching too often",
        args: ["watch", "x", "--interval", "0.01"],
        expected: { message: /"0\.01".*0\.1 to 3600/, resolution: /watch --help/ },
    },
    { words: "watching for nothing", args: ["watch", "x", "--count", "0"], expected: { message: /"0".*from 1/ } },
    {
        words: "two kinds of values on standard output",
        args: ["watch", "x", "--csv", "-", "--prometheus", "-"],
        expected: { message: /both want standard output/, resolution: /file/ },
    },
    { words: "a port without a page", args: ["watch", "x", "--port", "80"], expected: { resolution: /--web/ } },
    {
        words: "a port that is none",
        args: ["watch", "x", "--web", "--port", "70000"],
        expected: { message: /"70000".*65535/ },
    },
    { words: "nothing to overwrite", args: ["watch", "x", "--force"], expected: { resolution: /--csv FILE/ } },
    {
        words: "a program that is not there",
        args: ["launch", "--", "/nonexistent/game.exe"],
        expected: { code: "NO_SUCH_PROGRAM", message: /game\.exe/, resolution: /path/ },
    },
    {
        words: "a configuration file that makes no sense",
        args: ["attach", "x", "--config", badConfig],
        expected: { code: "BAD_CONFIG", message: /lots/ },
    },
    {
        words: "a configuration file that is not there",
        args: ["attach", "x", "--config", join(folder, "none.ini")],
        expected: { code: "BAD_CONFIG", message: /none\.ini/ },
    },
];

describe("a wrong command line ends with 2, two lines for a person and one document for a script", () => {
    after(() => rmSync(folder, { recursive: true }));

    for (const { words, args, expected } of cases)
        it(words, async () => {
            const defaults: ToldError = { exitCode: 2, code: "USAGE", message: /./, resolution: /./ };
            await assertFails(args.length === 0 ? ["--quiet"] : args, { ...defaults, ...expected });
        });
});
