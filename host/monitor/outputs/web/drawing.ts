import type { Plot } from "../../plots/time-series.js";

/** Names of the plots, which are also the ids of their elements in the page. */
export const plotNames = ["memory", "calls", "sizes"] as const;

/** The data of a `drawing` event, from the server to the page. */
export interface Drawing {
    /** Program and pid. Untrusted text. */
    readonly title: string;
    /** ISO time of the newest sample. */
    readonly time: string;
    readonly plots: Readonly<Record<(typeof plotNames)[number], Plot>>;
}
