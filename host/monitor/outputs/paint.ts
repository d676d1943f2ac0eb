import type pico from "picocolors";

/** Paints text, or leaves it as it is. */
export type Paint = ReturnType<typeof pico.createColors>;
