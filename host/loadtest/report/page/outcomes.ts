import type { Outcome } from "../document.js";
import { element } from "./element.js";

interface Shown {
    readonly label: string;
    /** Distinguishes the outcomes without colours. */
    readonly sign: string;
    readonly meaning: string;
}

/** The worst first. */
export const outcomes: Readonly<Record<Outcome, Shown>> = {
    crashed: { label: "crashed", sign: "✖", meaning: "the program died" },
    hung: { label: "hung", sign: "‖", meaning: "the program made no progress" },
    not_loaded: { label: "not loaded", sign: "∅", meaning: "the program did not load the save" },
    unreadable: { label: "unreadable", sign: "?", meaning: "the file is damaged, or not a save" },
    failed: { label: "failed", sign: "!", meaning: "an expectation was not met" },
    not_run: { label: "not run", sign: "…", meaning: "it was not reached, or not finished" },
    passed: { label: "passed", sign: "✓", meaning: "all expectations were met" },
};

export const worstFirst = Object.keys(outcomes) as Outcome[];

export function badge(outcome: Outcome): HTMLElement {
    const { label, sign, meaning } = outcomes[outcome];
    const mark = element("span", { class: "sign", "aria-hidden": "true" }, sign);
    return element("span", { class: `badge ${outcome}`, title: meaning }, mark, label);
}
