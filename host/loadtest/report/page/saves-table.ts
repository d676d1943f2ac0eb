import type { Outcome, SaveRow } from "../document.js";
import { columns } from "./columns.js";
import { element } from "./element.js";
import { counted } from "./figures.js";
import { SaveLine } from "./save-line.js";

/** The table of all saves, sorted by verdict at first, the worst on top. */
export class SavesTable {
    readonly #lines: readonly SaveLine[];
    readonly #body = element("tbody");
    readonly #shown = element("p", { class: "shown", role: "status" });
    readonly #search = element("input", { type: "search", placeholder: "name, player, place, reason", id: "search" });
    readonly #headings: readonly HTMLElement[];
    #outcome: Outcome | null = null;

    constructor(rows: readonly SaveRow[]) {
        this.#lines = rows.map((row, index) => new SaveLine(row, index));
        this.#headings = columns.map((_, index) => this.#heading(index));
        this.#search.addEventListener("input", () => this.#filter());
        this.#body.addEventListener("keydown", moveBetweenLines);
        this.#sort(
            columns.findIndex(({ isFirstOrder }) => isFirstOrder),
            "ascending",
        );
        this.#filter();
    }

    get nodes(): Node[] {
        const label = element("label", { for: "search" }, "Find ");
        const head = element("thead", {}, element("tr", {}, ...this.#headings));
        return [
            element("h2", {}, "Saves"),
            element("div", { class: "controls" }, element("span", {}, label, this.#search), this.#shown),
            element("table", { class: "saves" }, head, this.#body),
        ];
    }

    showOnly(outcome: Outcome | null): void {
        this.#outcome = outcome;
        this.#filter();
    }

    #heading(index: number): HTMLElement {
        const { title, isNumber } = columns[index]!;
        const button = element("button", { type: "button", title: "Sort" }, title);
        const heading = element("th", { scope: "col", ...(isNumber ? { class: "number" } : {}) }, button);
        button.addEventListener("click", () => {
            const isAscending = heading.getAttribute("aria-sort") === "ascending";
            this.#sort(index, isAscending ? "descending" : "ascending");
        });
        return heading;
    }

    #sort(column: number, direction: "ascending" | "descending"): void {
        for (const [index, heading] of this.#headings.entries()) {
            if (index === column) heading.setAttribute("aria-sort", direction);
            else heading.removeAttribute("aria-sort");
        }
        const { compare } = columns[column]!;
        const sign = direction === "ascending" ? 1 : -1;
        const ordered = [...this.#lines].sort(
            (one, other) => sign * compare(one.row, other.row) || one.index - other.index,
        );
        this.#body.append(...ordered.flatMap(({ nodes }) => nodes));
    }

    #filter(): void {
        const wanted = this.#search.value.trim().toLowerCase();
        let shown = 0;
        for (const line of this.#lines) {
            const isShown = (this.#outcome ?? line.row.outcome) === line.row.outcome && line.matches(wanted);
            line.show(isShown);
            if (isShown) shown++;
        }
        const all = this.#lines.length;
        this.#shown.textContent = shown === all ? counted(all, "save") : `${shown} of ${counted(all, "save")}`;
    }
}

/** The arrow keys move the focus from the button of one save to the next. */
function moveBetweenLines(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { target, currentTarget } = event;
    if (step === undefined || !(target instanceof Element) || !target.matches(".opener")) return;
    const openers = [...(currentTarget as HTMLElement).querySelectorAll<HTMLElement>("tr:not([hidden]) .opener")];
    openers[openers.findIndex((opener) => opener === target) + step]?.focus();
    event.preventDefault();
}
