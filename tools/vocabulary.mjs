// @ts-check
// Words that this project does not use, because the field has its own for them. `npm run check` applies it to every source
// and document; CONTRIBUTING.md has the glossary.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * `except`: lines that may have the word, with the reason why.
 *
 * @typedef {{ word: RegExp, use: string, except?: RegExp }} Rule
 */

/** @type {readonly Rule[]} */
export const rules = [
    { word: /\barm(s|ed|ing)?\b|(?<=[a-z])Arm(ed|ing)?(?=[A-Z]|\b)|\bARM_/, use: "patch, write the hooks" },
    {
        word: /CLONE_SAME|CLONE_NOT_TRACED|WAIT_ANY_KIND|WAIT_NO_HANG|ERROR_(PERMISSION|NO_PROCESS|INTERRUPTED)|CLOCK_STEADY/,
        use: "the kernel's own name",
    },
    { word: /\bdesks?\b|Desk(?=[A-Z]|\b)/i, use: "main-thread queue", except: /[Dd]esktop|DESKTOP-/ },
    { word: /\bcarriers?\b/i, use: "worker" },
    // The package format of Python.
    { word: /\bwheels?\b/i, use: "python", except: /\.whl|PyPI|pip|venv|[Pp]ython|[Ff]rida|bdist|manylinux/ },
    // unist-util-visit's function.
    {
        word: /\bvisit(s|ed|ing|ors?)?\b/i,
        use: "session",
        except: /unist-util-visit|\bvisit\((from|tree)|import \{ visit \}/,
    },
    { word: /\bmend(s|ed|ing)?\b|\bremed(y|ies)\b/i, use: "resolution, fix" },
    { word: /\bstrangers?\b/i, use: "foreign, untrusted, unexpected" },
    { word: /\bcontestants?\b|\bcompetitors?\b/i, use: "allocator" },
    {
        word: /\bwishes\b|\bhindrance\b|\bnonsense\b|\bfarewell\b|\blastWords\b|\bbury\b|\bgreet(s|ing)?\b/i,
        use: "a plain word",
    },
    {
        word: /\bLookRhythm\b|\bMailboxLine\b|\bpassesOn\b|\bPoolStack\b|\bout_(more|less)\b/,
        use: "the dictionary's word",
    },
    { word: /\bunplaced\b|\boneIn\b/, use: "dropped, sampleInterval" },
    { word: /\bwhoever\b|\bsomebody\b/i, use: "a noun" },
    // The user of that name.
    {
        word: /\bnobody\b/i,
        use: "no thread, no process, none",
        except: /"nobody"|user nobody|const nobody|\bnobody\}|\$\{nobody|uid/,
    },
    { word: /\btell(s|ing)?\b|\btold\b/i, use: "report, print, say" },
    { word: /\bbears?\b/i, use: "has" },
    { word: /\blook(s|ed|ing)? (for|after|whether|into)\b/i, use: "search, poll, check" },
    { word: /\bCOLD\b/, use: "SLOW" },
    { word: /\blanes?\b/i, use: "worker, job" },
];

const folders = ["agent", "cmodule", "docs", "host", "shared", "test", "tools"];
const here = relative(root, fileURLToPath(import.meta.url)).replaceAll("\\", "/");

/**
 * Every line of a text with a word that is not used.
 *
 * @param {string} text
 * @returns {{ line: number, text: string, found: string, use: string }[]}
 */
export function unusedWords(text) {
    return text.split("\n").flatMap((line, index) =>
        rules.flatMap(({ word, use, except }) => {
            const found = word.exec(line)?.[0];
            if (found === undefined || except?.test(line) === true) return [];
            return [{ line: index + 1, text: line.trim(), found, use }];
        }),
    );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    const files = [
        ...readdirSync(root).filter((name) => name.endsWith(".md")),
        ...folders.flatMap((folder) =>
            readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
                .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
                .filter(
                    (name) => /\.(ts|mjs|js|py|c|h|md|html)$/.test(name) && !/generated\/|docs\/reference\//.test(name),
                ),
        ),
    ].filter((file) => file !== here);
    let count = 0;
    for (const file of files) {
        for (const { line, text, found, use } of unusedWords(readFileSync(join(root, file), "utf8"))) {
            count++;
            console.log(`${file}:${line}: "${found}" (use: ${use}): ${text}`);
        }
    }
    console.log(`${count} words that are not used here, in ${files.length} files`);
    process.exitCode = count === 0 ? 0 : 1;
}
