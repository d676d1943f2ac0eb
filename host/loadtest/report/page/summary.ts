import type { Outcome, ReportDocument, RunFacts } from "../document.js";
import { element } from "./element.js";
import { counted, duration, megabytes, moment } from "./figures.js";
import { gravestFirst, outcomes } from "./outcomes.js";

/**
 * What is run, how it went, and how many saves came to what.
 *
 * @param onChoice called with the outcome that alone is to be shown, or null for all
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
    const how = ended === "interrupted" ? "was interrupted" : "was cut off, and its end is not known,";
    const text = `This run ${how} after ${duration(seconds)}: it tells of what ran until then.`;
    return [element("p", { class: "notice" }, text)];
}

/** One for each outcome that there is; pressed again, all are shown. */
function outcomeButtons(all: readonly Outcome[], onChoice: (outcome: Outcome | null) => void): HTMLElement {
    const group = element("div", { class: "outcomes", role: "group", "aria-label": "Show only saves that" });
    const buttons = gravestFirst
        .filter((outcome) => all.includes(outcome))
        .map((outcome) => outcomeButton(outcome, all.filter((other) => other === outcome).length));
    for (const button of buttons)
        button.addEventListener("click", () => {
            const isChosen = button.getAttribute("aria-pressed") !== "true";
            for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && isChosen));
            onChoice(isChosen ? (button.value as Outcome) : null);
        });
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
        ["Scenario", run.scenario ?? "the usual one"],
        ["Soak", `${duration(run.soak_seconds)} for each save`],
        ["Process", run.session ? "one for all saves" : "a fresh one for each save"],
        ...(run.shard === null ? [] : ([["Shard", run.shard]] as [string, string][])),
        ["poolnv", run.poolnv],
    ];
}

function pair(name: string, value: string): HTMLElement {
    return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

function expectations(texts: readonly string[]): HTMLElement {
    const items = texts.map((text) => element("li", {}, element("code", {}, text)));
    return element(
        "div",
        { class: "expectations" },
        element("h2", {}, "Expected of each save"),
        element("ul", {}, ...items),
    );
}
