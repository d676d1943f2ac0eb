import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit } from "unist-util-visit";

/** A command line that a document shows, and where. */
export interface CommandLine {
    /** As it is typed, without prompt and comment. */
    readonly text: string;
    /** `README.md:42` */
    readonly place: string;
}

/** The repository. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Every document for people; those that are generated have no commands. */
export const documents: readonly string[] = [
    ...["", "docs/"].flatMap((folder) =>
        readdirSync(join(root, folder))
            .filter((name) => /\.md$/.test(name) && !/\.api\.md$/.test(name))
            .map((name) => folder + name),
    ),
];

/** The command lines in fenced code blocks. A block of another language, and what a program prints, is not typed. */
export function commandsInBlocks(): CommandLine[] {
    return documents.flatMap((document) => {
        const found: CommandLine[] = [];
        visit(fromMarkdown(readFileSync(join(root, document), "utf8")), "code", ({ lang, value, position }) => {
            if (!["", "sh", "bash", "console"].includes(lang ?? "")) return;
            for (const [index, line] of value.split("\n").entries()) {
                const text = /^\$ (.+)$/.exec(line)?.[1] ?? (startsProgram(line) ? line : null);
                if (text === null) continue;
                found.push({ text: withoutComment(text), place: `${document}:${position!.start.line + 1 + index}` });
            }
        });
        return found;
    });
}

/** What stands between backticks within a sentence or a table and begins like a command line. */
export function commandsInSentences(): CommandLine[] {
    return documents.flatMap((document) => {
        const found: CommandLine[] = [];
        visit(fromMarkdown(readFileSync(join(root, document), "utf8")), "inlineCode", ({ value, position }) => {
            if (startsProgram(value)) found.push({ text: value, place: `${document}:${position!.start.line}` });
        });
        return found;
    });
}

function startsProgram(line: string): boolean {
    return /^(npm|npx|poolnv|node|git|cd|curl|sudo|apt-get|pip|python3?|wine|cc|sh|bash|make) \S/.test(line);
}

function withoutComment(line: string): string {
    return line.replace(/\s+# .*$/, "").trim();
}
