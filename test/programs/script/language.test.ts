import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../host/errors.js";
import { parseScript } from "../../../host/repl/script/parse-script.js";
import { readScript } from "../../../host/repl/script/read-script.js";
import { runScript } from "../../../host/repl/script/run-script.js";
import { fakeClient, FakeTransport } from "../../unit/fake-transport.js";

const run = (...lines: string[]) => runScript(fakeClient(), lines.join("\n"));

/** The number that an expression stands for. */
async function valueOf(expression: string): Promise<number> {
    return (await run("float x", `set x to ${expression}`)).variables["x"]!;
}

describe("the language of diagnostic scripts: expressions", () => {
    const cases: [string, number][] = [
        ["2 + 3 * 4", 14],
        ["(2 + 3) * 4", 20],
        ["10 - 4 - 3", 3],
        ["12 / 4 / 3", 1],
        ["7 / 2", 3.5],
        ["7.9 % 4", 3],
        ["-3 + 5", 2],
        ["2 - -3", 5],
        ["-(2 + 3)", -5],
        [".5 + 1.", 1.5],
        ["1 + 1 == 2", 1],
        ["1 < 2 == 1", 1],
        ["3 > 2 > 1", 0],
        ["1 || 0 && 0", 1],
        ["(1 || 0) && 0", 0],
        ["2 && -1", 1],
        ["1 != 1 || 2 >= 2", 1],
        ["IsMemoryPoolActive", 1],
        ["GetMemoryPoolUsage * 2", 974.46],
        ["getmemorypoolstats + 1", 45783],
        ["GetMemoryPoolHistogram", 2],
        ["SetMemoryPoolActive 0 + 5", 5],
        ["ResetMemoryPool / 1048576", 2],
    ];
    for (const [expression, value] of cases) {
        it(`script expression ${expression} is ${value}`, async () => assert.equal(await valueOf(expression), value));
    }

    it("a script evaluates both sides of && and ||, as the game does", async () => {
        const { variables } = await run(
            "int before",
            "int after",
            "set before to 0 && SetMemoryPoolActive 0",
            "set after to IsMemoryPoolActive",
        );
        assert.deepEqual(variables, { before: 0, after: 0 });
    });
});

describe("the language of diagnostic scripts: statements", () => {
    it("a script runs the first branch whose condition is true, and no other", async () => {
        for (const [value, printed] of [
            [1, "one"],
            [2, "two"],
            [3, "else"],
        ] as const) {
            const report = await run(
                "int n",
                `set n to ${value}`,
                "if n == 1",
                'PrintC "one"',
                "elseif (n == 2)",
                "    if (1)",
                '        PrintC "two"',
                "    endif",
                "else ; what remains",
                'PrintC "else"',
                "endif",
            );
            assert.deepEqual(report.printed, [printed]);
        }
    });

    it("script variables start at 0, are case-insensitive, and int drops the fraction", async () => {
        const { variables } = await run(
            "FLOAT Used",
            "int n",
            "short s",
            "SET USED TO 1.75",
            "set N to -1.75",
            "set s to 9.99",
        );
        assert.deepEqual(variables, { Used: 1.75, n: -1, s: 9 });
    });

    it("a script variable may have any name that is not a command or keyword", async () => {
        assert.deepEqual(await run("int __proto__", "int constructor", "int settle", "int tops"), {
            printed: [],
            variables: Object.fromEntries([["__proto__", 0], ["constructor", 0], ["settle", 0], ["tops", 0]]),
            results: [],
        }); // prettier-ignore
    });

    it("arguments of commands in a script may be variables", async () => {
        const { printed } = await run("int off", "SetMemoryPoolActive off", "IsMemoryPoolActive");
        assert.deepEqual(printed, ["SetMemoryPoolActive >> 0", "IsMemoryPoolActive >> 0"]);
    });

    it("a script may have any line ends and a byte order mark", async () => {
        assert.deepEqual((await run('\ufeffPrintC "a"\r\nPrintC "b"\rPrintC "c"')).printed, ["a", "b", "c"]);
    });

    it("an empty script does nothing", async () => {
        assert.deepEqual(await run("", "  ; nothing"), { printed: [], variables: {}, results: [] });
    });
});

describe("the language of diagnostic scripts: PrintC", () => {
    const cases: [string, string][] = [
        ['"%.2f MB" 487.234', "487.23 MB"],
        ['"%f" 0.5', "0.500000"],
        ['"%g %g %g" 0.0001 1234567 100000', "0.0001 1.23457e+06 100000"],
        ['"%g %g" 0.00001234 0', "1.234e-05 0"],
        ['"%.3g" 3.14159', "3.14"],
        ['"%d %d" 3.99 -3.99', "3 -3"],
        ['"100 %%"', "100 %"],
        ['"%s and %s" "a;b" 2.5', "a;b and 2.5"],
        ['"[%6.2f] [%-6d] [%05d] [%+d]" 1.5 42 -42 7', "[  1.50] [42    ] [-0042] [+7]"],
        ['"%d, %d", 1, (1 + 1)', "1, 2"],
        ['"%d %d" 1 -2', "1 -2"],
        ['"✓ %s" "ÄÖ"', "✓ ÄÖ"],
        ['"a \u001b[2Jb"', "a \\x1b[2Jb"],
    ];
    for (const [words, line] of cases) {
        it(`PrintC ${JSON.stringify(words)} prints as in C`, async () =>
            assert.deepEqual((await run(`PrintC ${words}`)).printed, [line]));
    }
});

describe("mistakes in diagnostic scripts are reported with their place and a resolution, before anything runs", () => {
    const cases: [string, string, RegExp][] = [
        ["set x to 1", "line 1, column 5: there is no variable x", /float x/],
        ["float usage\nset usag to 1", "line 2, column 5: there is no variable usag", /Did you mean usage\?/],
        ["float x\nset x 1", 'line 2, column 7: expected "to", but found 1', /set NAME to/],
        ["float x\nset x to", "line 2, column 9: expected .*, but the line ends", /set NAME to/],
        ["float x\nset x to 3x", "line 2, column 10", /set NAME to/],
        ["float x\n\n  set x to (1 + 2", 'line 3, column 18: .*"\\)"', /set NAME to/],
        ["float x\nset x to x x", "line 2, column 12: x is a variable, and x follows it", /operator/],
        ["float x\nint X", "line 2, column 5: X is declared already", /declarations/],
        [
            "int quiT2\nint IsMemoryPoolActive",
            "line 2, column 5: IsMemoryPoolActive is a console command",
            /another name/,
        ],
        ["let x := 1", 'line 1, column 1: "let" is not a statement', /set NAME to/],
        ["while (1)\nloop", 'line 1, column 1: "while" is not a statement', /if/],
        ["scn Check", 'line 1, column 1: "scn" is neither', /console command/],
        ["@", 'line 1, column 1: "@" is not a statement', /console command/],
        ["GetMemoryPoolUsag", "line 1, column 1", /Did you mean GetMemoryPoolUsage\?/],
        ["quit", 'line 1, column 1: "quit" is neither', /./],
        ["SetMemoryPoolActive", "line 1, column 1: SetMemoryPoolActive takes 1 argument", /0\|1/],
        ["SetMemoryPoolActive 2", 'line 1, column 21: SetMemoryPoolActive does not take "2"', /0\|1/],
        ["IsMemoryPoolActive 1", "line 1, column 1: IsMemoryPoolActive takes no arguments", /IsMemoryPoolActive/],
        ['PrintC "%d"', "line 1, column 8: the text takes 1 values, but 0 are given", /%%/],
        ['PrintC "50 %"', "line 1, column 12: % is not a placeholder", /%%/],
        ['PrintC "%n" 1', "line 1, column 9: %n is not a placeholder", /%\.2f/],
        ['PrintC "%999d" 1', "line 1, column 9: %999d is not a placeholder", /%\.2f/],
        ['PrintC "%d" "a"', "line 1, column 13: a text for a numeric placeholder", /%s/],
        ['PrintC "a', "line 1, column 8: expected a text in quotes", /PrintC/],
        ["if 1", "line 1, column 1: this if has no endif", /endif/],
        ["if 1\nendif\nendif", "line 3, column 1: no if for this endif", /if/],
        ["if 1\nelse\nelseif 1\nendif", "line 3, column 1: elseif after else", /last/],
        ["if 1\nelse if 0\nendif", 'line 2, column 1: "else if" is two words', /elseif/],
        ["✓", 'line 1, column 1: "✓" is not a statement', /./],
        ['PrintC "✓" 1 1 )', "line 1, column 16: .*\\)", /PrintC/],
        ["if (".repeat(2) + "1", "line 1, column 5", /./],
    ];
    for (const [script, message, resolution] of cases) {
        it(`a script is refused with its position: ${JSON.stringify(script)}`, async () => {
            const transport = new FakeTransport();
            transport.active = true;
            const text = `SetMemoryPoolActive 0\n${script}`;
            const moved = message.replace(/line (\d+)/, (_, line: string) => `line ${Number(line) + 1}`);
            await assert.rejects(runScript(fakeClient(transport), text), (error: UserError) => {
                assert.equal(error.code, "BAD_SCRIPT");
                assert.match(error.message, RegExp(moved));
                assert.match(error.resolution, resolution);
                return true;
            });
            assert.equal(transport.active, true, "nothing has run");
        });
    }

    const onTheWay: [string, RegExp][] = [
        ["float x\nset x to 1 / x", /^line 2, column 12: division by zero/],
        ["float x\nset x to 1 % 0.5", /^line 2, column 12: division by zero/],
        [`float x\nset x to ${"9".repeat(300)} * ${"9".repeat(100)}`, /^line 2, column 311: the result is too large/],
        ["int n\nset n to 7\nSetMemoryPoolActive n", /^line 3, column 21: SetMemoryPoolActive does not take "7"/],
    ];
    for (const [script, message] of onTheWay) {
        it(`a script fails at run time with its line: ${JSON.stringify(script.slice(0, 40))}`, () =>
            assert.rejects(
                run(script),
                (error: UserError) => error.code === "BAD_SCRIPT" && message.test(error.message),
            ));
    }
});

describe("limits of scripts", () => {
    const refuses = (script: string, message: RegExp) =>
        assert.throws(
            () => parseScript(script),
            (error: UserError) => error.code === "BAD_SCRIPT" && message.test(error.message),
        );

    it("a script that is too long is refused", () => refuses("\n".repeat(65_537), /longer than 64 KB/));
    it("a script line that is too long is refused", () => refuses(`; ${"x".repeat(511)}`, /line 1, column 513/));
    it("a script line with too many parentheses is refused", () =>
        refuses(`if ${"(".repeat(33)}1${")".repeat(33)}\nendif`, /33 opening/));
    it("a script that nests too deeply is refused", () =>
        refuses("if 1\n".repeat(33) + "endif\n".repeat(33), /line 33, .*32 nested ifs/));

    it("a script of the largest depth and line length runs", async () => {
        const deep = `${"(".repeat(32)}1${")".repeat(32)}`;
        const long = `set x to ${"1+".repeat(200)}${deep}`;
        const { variables } = await run(
            "float x",
            ...Array<string>(32).fill("if x == 0"),
            long,
            ...Array<string>(32).fill("endif"),
        );
        assert.equal(variables["x"], 201);
    });

    it("a script input that never ends is not read to its end", async () => {
        let read = 0;
        async function* endless() {
            for (;;) {
                read += 65_536;
                yield Buffer.alloc(65_536, 32);
            }
        }
        await assert.rejects(
            readScript(endless(), "endless"),
            (error: UserError) => error.code === "SCRIPT_NOT_READABLE",
        );
        assert.ok(read < 1_000_000, `${read} bytes`);
    });

    it("a script that is not text is refused", () =>
        assert.rejects(
            readScript(
                (async function* () {
                    yield Buffer.from([0x50, 0xff, 0xfe]);
                })(),
                "binary",
            ),
            /binary can't be read: it is not UTF-8 text/,
        ));
});
