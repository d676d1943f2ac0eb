import type { Examination } from "./examine.js";

/** What was found, for a script. */
export function examinationDocument({ game, process, findings }: Examination): object {
    return { ok: !findings.some(({ level }) => level === "error"), game, process, findings };
}
