import type { Outcome, ReportDocument, RunFacts } from "../document.js";
import { element } from "./element.js";
import { counted, duration, megabytes, moment } from "./figures.js";
import { outcomes, worstFirst } from "./outcomes.js";

/**
 * What was tested, the result, and the number of saves of each outcome.
 *
 * @param onChoice called with the only outcome to show, or null for all
 */
export function summary({ run, saves }: ReportDocument, onChoice: (outcome: Outcome | null) => void): Node[] {
    const bad = saves.filter(({ outcome }) => outcome !== "passed").length;
    const verdict = bad === 0 ? "All saves passed" : `${bad} of ${counted(saves.length, "save")} did not pass`;
    return [
        element("p", { class: "kind" }, "poolnv load test"),
        element("h1", {}, run.program),
        element("p", { class: bad === 0 ? "result good" : "result bad" }, saves.length === 0 ? "No saves" : verdict),
        ...endNotice(run),
        outcomeButtons(
            saves.map(({ outcome }) => outcome),
            onChoice,
        ),
        element("dl", { class: "facts" }, ...facts(run).flatMap(([name, value]) => [pair(name, value)])),
        ...(run.expectations.length === 0 ? [] : [expectations(run.expectations)]),
    ];
}

function endNotice({ ended, seconds }: RunFacts): Node[] {
    if (ended === "finished") return [];
    const text =
        ended === "interrupted"
            ? `This run was interrupted after ${duration(seconds)}.`
            : `The results are incomplete: their last record is ${duration(seconds)} after the start.`;
    return [element("p", { class: "notice" }, `${text} Later saves are missing.`)];
}

/** A button for each outcome that occurs. It shows those saves only; pressed again, all saves. */
function outcomeButtons(all: readonly Outcome[], onChoice: (outcome: Outcome | null) => void): HTMLElement {
    const group = element("div", { class: "outcomes", role: "group", "aria-label": "Show only saves that" });
    const buttons = worstFirst
        .filter((outcome) => all.includes(outcome))
        .map((outcome) => outcomeButton(outcome, all.filter((other) => other === outcome).length));
    for (const button of buttons) {
        button.addEventListener("click", () => {
            const isChosen = button.getAttribute("aria-pressed") !== "true";
            for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && isChosen));
            onChoice(isChosen ? (button.value as Outcome) : null);
        });
    }
    group.append(...buttons);
    return group;
}

function outcomeButton(outcome: Outcome, number: number): HTMLButtonElement {
    const { label, sign, meaning } = outcomes[outcome];
    const attributes = { type: "button", class: `badge ${outcome}`, value: outcome, title: meaning };
    return element(
        "button",
        { ...attributes, "aria-pressed": "false" },
        element("span", { class: "sign", "aria-hidden": "true" }, sign),
        element("strong", {}, String(number)),
        ` ${label}`,
    );
}

function facts(run: RunFacts): [name: string, value: string][] {
    const resumed = run.resumed === 0 ? "" : `, resumed ${run.resumed === 1 ? "once" : `${run.resumed} times`}`;
    return [
        ["Started", moment(run.started)],
        ["Took", duration(run.seconds) + resumed],
        ["Pool", megabytes(run.pool_size, 0)],
        ["Layers", run.layers.join(", ")],
        ["Scenario", run.scenario ?? "default"],
        ["Soak", `${duration(run.soak_seconds)} for each save`],
        ["Process", run.session ? "one for all saves" : "one for each save"],
        ...(run.shard === null ? [] : ([["Shard", run.shard]] as [string, string][])),
        ["poolnv", run.poolnv],
    ];
}

function pair(name: string, value: string): HTMLElement {
    return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

function expectations(texts: readonly string[]): HTMLElement {
    const items = texts.map((text) => element("li", {}, element("code", {}, text)));
    return element("div", { class: "expectations" }, element("h2", {}, "Expectations"), element("ul", {}, ...items));
}
