import type { SaveRow } from "../document.js";
import { readSaveBlock } from "./blocks.js";
import { columns } from "./columns.js";
import { element } from "./element.js";
import { pictureFrame, showWhenSeen } from "./picture.js";
import { SaveDetailsView } from "./save-details-view.js";

/** A save in the table: its row, and the row below it with the details once it is opened. */
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
        this.#opener = element("button", attributes, columns[0]!.content(row));
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

    /** @param wanted in lower case */
    matches(wanted: string): boolean {
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
        const frame = pictureFrame("small");
        showWhenSeen(frame, () => readSaveBlock(this.index)?.picture ?? null);
        return columns.map(({ title, isNumber, content }, index) => {
            const attributes = { "data-title": title, ...(isNumber ? { class: "number" } : {}) };
            if (index > 0) return element("td", attributes, content(this.row));
            const opener = element("div", { class: "save" }, frame, this.#opener);
            return element("th", { scope: "row", ...attributes }, opener);
        });
    }
}
