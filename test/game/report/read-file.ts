import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import type { ReportDocument, SaveBlock, SaveDetails } from "../../../host/loadtest/report/document.js";

/** The data in a report's page, read without a browser. */
export function documentOf(file: string): ReportDocument {
    return JSON.parse(block(file, "report")) as ReportDocument;
}

export function detailsOf(file: string, save: number): SaveDetails {
    const { details } = JSON.parse(block(file, `save-${save}`)) as SaveBlock;
    return JSON.parse(inflateRawSync(Buffer.from(details, "base64")).toString()) as SaveDetails;
}

function block(file: string, id: string): string {
    const html = readFileSync(file, "utf8");
    const found = new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(html);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found[1]!;
}
