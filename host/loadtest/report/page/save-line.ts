import type { SaveRow } from "../document.js";
import { readSaveBlock } from "./blocks.js";
import { columns } from "./columns.js";
import { element } from "./element.js";
import { megabytes, percent, seconds, smallShare } from "./figures.js";
import { badge } from "./outcomes.js";
import { pictureFrame, showWhenSeen } from "./picture.js";
import { SaveDetailsView } from "./save-details-view.js";

/** A save in the table: its line, and below it what is shown once it is opened. */
export class SaveLine {
    readonly #line: HTMLTableRowElement;
    readonly #below: HTMLTableRowElement;
    readonly #content = element("td", { colspan: String(columns.length) });
    readonly #opener: HTMLButtonElement;
    readonly #words: string;
    #view: SaveDetailsView | null = null;

    constructor(
        readonly row: SaveRow,
        readonly index: number,
    ) {
        const { file, header, outcome, reasons } = row;
        this.#words = [file, header?.player, header?.location, outcome, ...reasons].join("\n").toLowerCase();
        const attributes = {
            type: "button",
            class: "opener",
            "aria-expanded": "false",
            "aria-controls": `below-${index}`,
        };
        this.#opener = element("button", attributes, file === "" ? "(no save)" : file);
        this.#below = element("tr", { class: "below", id: `below-${index}` }, this.#content);
        this.#below.hidden = true;
        this.#line = element("tr", { class: "line" }, ...this.#cells());
        this.#line.addEventListener("click", () => {
            if (getSelection()?.isCollapsed !== false) this.#toggle();
        });
    }

    get nodes(): Node[] {
        return [this.#line, this.#below];
    }

    /** @param wanted in small letters */
    holds(wanted: string): boolean {
        return this.#words.includes(wanted);
    }

    show(isShown: boolean): void {
        this.#line.hidden = !isShown;
        this.#below.hidden = !isShown || !this.#isOpen;
    }

    get #isOpen(): boolean {
        return this.#opener.getAttribute("aria-expanded") === "true";
    }

    #toggle(): void {
        const opens = !this.#isOpen;
        this.#opener.setAttribute("aria-expanded", String(opens));
        this.#below.hidden = !opens;
        if (!opens || this.#view !== null) return;
        this.#view = new SaveDetailsView(this.row, readSaveBlock(this.index));
        this.#content.append(this.#view.node);
        void this.#view.fill();
    }

    #cells(): HTMLElement[] {
        const { header, outcome, reasons, fallbackShare, loadSeconds } = this.row;
        const frame = pictureFrame("small");
        showWhenSeen(frame, () => readSaveBlock(this.index)?.picture ?? null);
        const contents = [
            [element("div", { class: "save" }, frame, this.#opener)],
            [header?.player ?? "–"],
            [header?.location ?? "–"],
            [badge(outcome)],
            [reasonList(reasons)],
            [peak(this.row)],
            [smallShare(fallbackShare)],
            [seconds(loadSeconds)],
        ];
        return contents.map((content, index) => {
            const { title, isNumber } = columns[index]!;
            const attributes = { "data-title": title, ...(isNumber ? { class: "number" } : {}) };
            return index === 0
                ? element("th", { scope: "row", ...attributes }, ...content)
                : element("td", attributes, ...content);
        });
    }
}

function reasonList(reasons: readonly string[]): Node | string {
    if (reasons.length === 0) return "–";
    return element("ul", { class: "reasons" }, ...reasons.map((reason) => element("li", {}, reason)));
}

function peak({ peakUsed, poolSize }: SaveRow): Node | string {
    if (peakUsed === null || poolSize === 0) return megabytes(peakUsed);
    const share = Math.min(1, peakUsed / poolSize);
    const bar = element("span", { class: "bar" });
    bar.style.setProperty("--share", percent(share).replace(/\s/, ""));
    const words = element("small", {}, `${percent(share)} of the pool`);
    return element("div", { class: "peak" }, megabytes(peakUsed), words, bar);
}
