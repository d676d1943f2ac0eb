import type { ExitRecord } from "../../results/record.js";
import type { Caller, SaveBlock, SaveDetails, SaveEvent, SaveRow } from "../document.js";
import { readDetails } from "./blocks.js";
import { element } from "./element.js";
import { count, megabytes, seconds } from "./figures.js";
import { pictureFrame, showPicture } from "./picture.js";
import { drawPlots } from "./save-plots.js";

/** The details of a save, shown below its row when it is opened. */
export class SaveDetailsView {
    readonly node = element("div", { class: "details" });

    constructor(
        private readonly row: SaveRow,
        private readonly block: SaveBlock | null,
    ) {}

    async fill(): Promise<void> {
        if (this.block === null) {
            this.node.append(element("p", {}, "This save was not reached."));
            return;
        }
        const details = await readDetails(this.block);
        this.node.append(this.#about(this.block, details), ...sampleNotes(details));
        drawPlots(this.node, details);
        if (details.callers !== null) this.node.append(callersTable(details.callers));
        this.node.append(eventList(details));
    }

    #about({ picture: jpeg }: SaveBlock, { exit }: SaveDetails): HTMLElement {
        const { header } = this.row;
        const facts: [string, string][] = [];
        if (header !== null) {
            facts.push(
                ["Level", String(header.level)],
                ["Play time", header.play_time],
                ["Save number", String(header.save_number)],
            );
        }
        if (exit !== null) facts.push(...exitFacts(exit));
        const list = facts.map(([name, value]) =>
            element("div", {}, element("dt", {}, name), element("dd", {}, value)),
        );
        const parts: HTMLElement[] = list.length === 0 ? [] : [element("dl", { class: "facts" }, ...list)];
        if (jpeg !== null) {
            const frame = pictureFrame("large");
            showPicture(frame, jpeg);
            parts.unshift(frame);
        }
        return element("div", { class: "about" }, ...parts);
    }
}

function exitFacts({ code, signal, exception, address, module }: ExitRecord): [string, string][] {
    const facts: [string, string | null][] = [
        ["Exit code", code === null ? null : exitCode(code)],
        ["Signal", signal],
        ["Exception", exception],
        ["At", address],
        ["In module", module],
    ];
    return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

/** Large codes are also shown in hexadecimal, as Windows' exception codes are known. */
function exitCode(code: number): string {
    const hexadecimal = (code >>> 0).toString(16).toUpperCase().padStart(8, "0");
    return code >= 0 && code < 65536 ? String(code) : `${code} (0x${hexadecimal})`;
}

function sampleNotes({ samples, samplesTaken, isHoleLowerBound }: SaveDetails): HTMLElement[] {
    const drawn = samples.at.length;
    const notes: string[] = [];
    if (drawn < samplesTaken) {
        notes.push(
            `${count(drawn)} of ${count(samplesTaken)} samples are drawn: ` +
                "those with the lowest and the highest values of each span of time.",
        );
    }
    if (isHoleLowerBound) {
        notes.push("The largest hole is at least as large as drawn: Wine does not report all free addresses.");
    }
    if (samplesTaken === 0) notes.push("No samples were taken.");
    return notes.map((note) => element("p", { class: "note" }, note));
}

/** The callers of the allocator, those with the most bytes first. */
function callersTable(callers: readonly Caller[]): HTMLElement {
    const headings = ["Module", "Function", "Requested", "Calls"].map((text, index) =>
        element("th", { scope: "col", ...(index < 2 ? {} : { class: "number" }) }, text),
    );
    const table = element(
        "table",
        { class: "callers" },
        element("caption", {}, "Callers of the allocator (estimates from samples; including freed memory)"),
        element("thead", {}, element("tr", {}, ...headings)),
        element("tbody", {}, ...callers.map(callerRow)),
    );
    return element("div", { class: "scroll", tabindex: "0" }, table);
}

function callerRow({ module, function: name, offset, bytes, blocks }: Caller): HTMLElement {
    const place = name ?? `+0x${offset.toString(16).toUpperCase()}`;
    return element(
        "tr",
        {},
        element("th", { scope: "row" }, module),
        element("td", {}, element("code", {}, place)),
        element("td", { class: "number" }, megabytes(bytes)),
        element("td", { class: "number" }, count(blocks)),
    );
}

function eventList({ events, eventsLeftOut }: SaveDetails): HTMLElement {
    const rows = events.map(eventRow);
    const table = element(
        "table",
        { class: "events" },
        element("caption", {}, "Events"),
        element("tbody", {}, ...rows),
    );
    const more = eventsLeftOut === 0 ? null : element("p", { class: "note" }, `and ${count(eventsLeftOut)} more`);
    return element("div", { class: "scroll", tabindex: "0" }, rows.length === 0 ? null : table, more);
}

function eventRow({ seconds: at, event, text }: SaveEvent): HTMLElement {
    return element(
        "tr",
        {},
        element("td", { class: "number" }, seconds(at)),
        element("th", { scope: "row" }, event.replaceAll("_", " ")),
        element("td", {}, text),
    );
}
