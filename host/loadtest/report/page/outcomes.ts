import type { Outcome } from "../document.js";
import { element } from "./element.js";

interface Shown {
    readonly label: string;
    /** Tells the outcomes apart where colours don't. */
    readonly sign: string;
    readonly meaning: string;
}

/** The gravest first. */
export const outcomes: Readonly<Record<Outcome, Shown>> = {
    crashed: { label: "crashed", sign: "✖", meaning: "the program died" },
    hung: { label: "hung", sign: "‖", meaning: "the program made no more frames" },
    not_loaded: { label: "not loaded", sign: "∅", meaning: "the program did not load it" },
    unreadable: { label: "unreadable", sign: "?", meaning: "the file is no save, or damaged" },
    failed: { label: "failed", sign: "!", meaning: "it did not come to what was expected" },
    not_run: { label: "not run", sign: "…", meaning: "its turn did not come, or did not end" },
    passed: { label: "passed", sign: "✓", meaning: "everything was as expected" },
};

export const gravestFirst = Object.keys(outcomes) as Outcome[];

export function badge(outcome: Outcome): HTMLElement {
    const { label, sign, meaning } = outcomes[outcome];
    const mark = element("span", { class: "sign", "aria-hidden": "true" }, sign);
    return element("span", { class: `badge ${outcome}`, title: meaning }, mark, label);
}
