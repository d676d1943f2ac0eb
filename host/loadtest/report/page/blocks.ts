import type { ReportDocument, SaveBlock, SaveDetails } from "../document.js";
import { part } from "./element.js";

export function readReport(): ReportDocument {
    return read("report") as ReportDocument;
}

/** @returns null for a save that was not reached */
export function readSaveBlock(save: number): SaveBlock | null {
    return read(`save-${save}`) as SaveBlock | null;
}

export async function readDetails({ details }: SaveBlock): Promise<SaveDetails> {
    const deflated = Uint8Array.from(atob(details), (character) => character.charCodeAt(0));
    const inflated = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return (await new Response(inflated).json()) as SaveDetails;
}

function read(id: string): unknown {
    return JSON.parse(part(id).textContent ?? "null");
}
