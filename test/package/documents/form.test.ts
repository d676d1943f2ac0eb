import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { execa } from "execa";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit } from "unist-util-visit";
import { documents, root } from "./command-lines.js";

const maximumCell = 60;

describe("the form of the documents", () => {
    it("keeps README within 150 lines and 10,240 bytes", () => {
        const readme = readFileSync(join(root, "README.md"));
        assert.ok(readme.length <= 10_240, `${readme.length} bytes`);
        const lines = readme.toString("utf8").split("\n").length - 1;
        assert.ok(lines <= 150, `${lines} lines`);
    });

    it("names the test commands in README", () => {
        const readme = readFileSync(join(root, "README.md"), "utf8");
        for (const command of ["npm test", "npm run test:all"]) {
            assert.match(readme, new RegExp(`^${command}( |$)`, "m"));
        }
    });

    it("keeps pictures below 150 KB", () => {
        for (const { target, place } of documents.flatMap(linksOf).filter(({ isPicture }) => isPicture)) {
            assert.ok(statSync(join(root, target)).size < 150_000, `${place}: ${target}`);
        }
    });

    for (const document of documents) {
        it(`has no table cell over ${maximumCell} characters in ${document}`, () => {
            const long = cellsOf(document).filter(({ text }) => [...text].length > maximumCell);
            assert.deepEqual(long, []);
        });

        it(`has only links in ${document} that lead somewhere`, () => {
            const dead = linksOf(document).filter(({ target, anchor }) => {
                return !existsSync(join(root, target)) || (anchor !== "" && !anchorsOf(target).has(anchor));
            });
            assert.deepEqual(dead, []);
        });
    }
});

describe("the generated parts of the documents", () => {
    it("are what their sources say", async () => {
        const { failed, stderr } = await execa(process.execPath, ["tools/documents/write.mjs", "--check"], {
            cwd: root,
            reject: false,
        });
        assert.ok(!failed, stderr);
    });
});

interface Cell {
    readonly text: string;
    /** `README.md:42` */
    readonly place: string;
}

/** The cells of tables, as a reader sees them: a link counts with its text. */
function cellsOf(document: string): Cell[] {
    return withoutCode(document).flatMap((line, index) => {
        const row = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
        if (row === undefined || /^[\s|:-]+$/.test(row)) return [];
        const cells = row.split(/(?<!\\)\|/);
        return cells.map((cell) => ({ text: textOf(fromMarkdown(cell.trim())), place: `${document}:${index + 1}` }));
    });
}

/** The lines of a document; those within code blocks are empty. */
function withoutCode(document: string): string[] {
    const text = readFileSync(join(root, document), "utf8");
    const lines = text.split("\n");
    visit(fromMarkdown(text), "code", ({ position }) => {
        lines.fill("", position!.start.line - 1, position!.end.line);
    });
    return lines;
}

interface Link {
    /** Path from the repository's root. */
    readonly target: string;
    readonly anchor: string;
    readonly isPicture: boolean;
    readonly place: string;
}

/** Links and pictures that lead to files of the repository. */
function linksOf(document: string): Link[] {
    const found: Link[] = [];
    visit(fromMarkdown(readFileSync(join(root, document), "utf8")), (node) => {
        if ((node.type !== "link" && node.type !== "image") || /^[a-z]+:/.test(node.url)) return;
        const [path, anchor = ""] = node.url.split("#") as [string, string?];
        found.push({
            target: path === "" ? document : normalize(join(dirname(document), path)),
            anchor,
            isPicture: node.type === "image",
            place: `${document}:${node.position!.start.line}`,
        });
    });
    return found;
}

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(document: string): Set<string> {
    const anchors = new Set<string>();
    visit(fromMarkdown(readFileSync(join(root, document), "utf8")), "heading", (heading) => {
        const slug = textOf(heading)
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
            .trim()
            .replaceAll(/\s/g, "-");
        let anchor = slug;
        for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
        anchors.add(anchor);
    });
    return anchors;
}

/** The text of a node and of all below it, without marks and addresses of links. */
function textOf(tree: Nodes): string {
    let text = "";
    visit(tree, ["text", "inlineCode"], (below) => {
        if ("value" in below) text += below.value;
    });
    return text;
}
