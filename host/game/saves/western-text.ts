/** How unlike a Western language texts are: `no` sign of another one, `some`, or so `many` that they are none. */
export type OtherSigns = "no" | "some" | "many";

/**
 * Signs that texts, decoded as Windows-1252, are not of a Western language: symbols that no such text has, and letters in an
 * order that no such word has. A Western player may have decorated a name with a symbol.
 */
export function otherSigns(texts: readonly string[]): OtherSigns {
    const odd = texts.reduce((sum, text) => sum + (text.match(oddPlaces)?.length ?? 0), 0);
    const runs = texts.flatMap((text) => text.match(accentedRun) ?? []);
    const longest = Math.max(0, ...runs.map((run) => new Set(run.toLowerCase()).size));
    return odd >= 2 || longest >= longestRun ? "many" : odd > 0 ? "some" : "no";
}

/**
 * Characters of Windows-1252 that are neither letters nor punctuation of a Western language (U+FFFD and control characters stand
 * for bytes that have no character), and an accented capital right after an accented small letter.
 */
const oddPlaces =
    /[\p{Cc}\ufffd\u0192\u02c6\u02dc\u2020\u2021\u2030\u2039\u203a¢£¤¥¦¨¬\xad¯±²³µ¶¸¹¼½¾×÷]|[ß-öø-ÿšœž](?=[À-ÖØ-ÞŠŒŽ])/gu;

const accentedRun = /[À-ÖØ-öø-ÿŠšŒœŽžŸ]+/gu;

/** Estonian and Finnish repeat one letter (`jäääär`); four different ones in a row are no word. */
const longestRun = 4;
