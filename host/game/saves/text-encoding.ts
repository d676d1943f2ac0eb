import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { scripts, type TextEncoding, unitsOf } from "./encoding-scripts.js";

/** The encoding of most saves, and of those whose texts give no sure sign of another one. */
export const usualEncoding = "cp1252";

/** The encoding of a save's texts: what was decided, and by what. */
export interface EncodingDecision {
    /** Name of the encoding. */
    readonly encoding: string;
    /**
     * `sure`: the texts fit no other. `likely`: they do, but statistics are for this one. `open`: they are neither sure nor
     * Western; other saves may help.
     */
    readonly kind: "sure" | "likely" | "usual" | "open";
}

/**
 * Detects the encoding of a save's texts. The game writes the bytes of the Windows code page that the player types in and
 * says nowhere which. Conservative: anything that may be a Western name stays one.
 *
 * @param texts all texts of a save
 */
export async function detectEncoding(texts: readonly Buffer[]): Promise<EncodingDecision> {
    const foreign = texts.filter(isForeign);
    if (foreign.length === 0) return { encoding: usualEncoding, kind: "usual" };
    if (foreign.every(isUtf8) && isPlainUtf8(foreign)) return { encoding: "utf8", kind: "sure" };
    const signs = otherSigns(foreign.map((text) => decodeText(text, usualEncoding)));
    if (signs !== "many") return { encoding: usualEncoding, kind: signs === "no" ? "usual" : "open" };
    const fitting = scripts.filter((script) => fits(script, foreign, script.fewest));
    const isOne = fitting.length === 1;
    const best = isOne ? fitting[0] : await likeliest(fitting, foreign);
    if (best === undefined) return { encoding: usualEncoding, kind: "open" };
    return { encoding: best.encoding, kind: isOne ? "sure" : "likely" };
}

/** How unlike a Western language texts are: `no` sign of another one, `some`, or so `many` that they are none. */
type OtherSigns = "no" | "some" | "many";

/**
 * Signs that texts, decoded as Windows-1252, are not of a Western language: symbols that no such text has, and letters in an
 * order that no such word has. A Western player may have decorated a name with a symbol.
 */
function otherSigns(texts: readonly string[]): OtherSigns {
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

/** True if texts of which little is known may be in an encoding that other saves of the same folder are in. */
export function mayBeIn(encoding: string, texts: readonly Buffer[]): boolean {
    const script = scripts.find((candidate) => candidate.encoding === encoding);
    const foreign = texts.filter(isForeign);
    return script !== undefined && fits(script, foreign, 1);
}

/** Beyond ASCII. A text longer than any name says nothing. */
function isForeign(text: Buffer): boolean {
    return text.length <= longestName && text.some((byte) => byte >= 0x80);
}

const longestName = 512;

/** Texts of the game are in a code page of Windows. Node's own TextDecoder decodes 1252 as Latin-1 from 20.18.3 on. */
export function decodeText(bytes: Buffer, encoding: string): string {
    return iconv.decode(bytes, encoding);
}

/**
 * True if texts are valid in an encoding, hold enough of its script, and are nearly all of its common characters.
 *
 * @param fewest different characters
 */
function fits(script: TextEncoding, texts: readonly Buffer[], fewest: number): boolean {
    const units = texts.map((text) => unitsOf(script, text));
    if (units.some((of) => of === null)) return false;
    const all = units.flatMap((of) => of ?? []);
    const common = all.filter(({ isCommon }) => isCommon).length;
    const mixed = all.filter(({ isBesideLetter }) => isBesideLetter).length;
    const isWhole = script.isWhole?.(texts.map((text) => decodeText(text, script.encoding))) ?? true;
    return (
        new Set(all.map(({ character }) => character)).size >= fewest &&
        common >= all.length * leastCommon &&
        mixed <= all.length * mostMixed &&
        isWhole
    );
}

/** Rare characters are a quarter of the tables, but a few per cent of a text. */
const leastCommon = 0.9;
/** Symbols within a Western word, `Ðark`, are neither Chinese nor Cyrillic. */
const mostMixed = 0.25;

/** One of several encodings, if a library's statistics of languages are clearly for it. */
async function likeliest(
    fitting: readonly TextEncoding[],
    texts: readonly Buffer[],
): Promise<TextEncoding | undefined> {
    if (fitting.length === 0) return undefined;
    const { detectAll } = await import("jschardet"); // large, and rarely needed
    const ranked = detectAll(Buffer.concat(texts.flatMap((text) => [text, Buffer.from(" ")])));
    const confidenceOf = ({ names }: TextEncoding) =>
        Math.max(
            0,
            ...ranked.map(({ encoding, confidence }) =>
                names.includes((encoding ?? "").toLowerCase()) ? confidence : 0,
            ),
        );
    const [first, second] = fitting
        .map((script) => ({ script, confidence: confidenceOf(script) }))
        .sort((one, other) => other.confidence - one.confidence);
    return first !== undefined && first.confidence > leastMargin * (second?.confidence ?? 0) ? first.script : undefined;
}

/** Of short Chinese texts that fit other encodings too, statistics prefer a wrong one by up to this factor. */
const leastMargin = 2.5;

/** Short texts of other encodings can be valid UTF-8: then they are seldom letters of one of these scripts alone. */
function isPlainUtf8(texts: readonly Buffer[]): boolean {
    const all = texts.map((text) => text.toString("utf8")).join(" ");
    const high = all.replace(/[\p{ASCII}\p{P}]/gu, "");
    return (
        (/^[À-ſ]+$/u.test(high) && /[a-z][À-ſ]|[À-ſ][a-z]/iu.test(all)) ||
        /^(?:\p{Script=Cyrillic}{4,}|\p{Script=Greek}{4,})$/u.test(high) ||
        /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u.test(high)
    );
}
