import iconv from "iconv-lite";
import { z } from "zod";

/** A kind of value, in a file or on the command line. */
export interface ValueKind<Value> {
    /** Unit of a number. */
    readonly unit: "MB" | "seconds" | null;
    readonly label: "Range" | "Values" | "Value";
    /** Accepted values, for a comment or a table: `16 to 1536`. */
    readonly accepts: string;
    /** The accepted words, if the value is exactly one of them. */
    readonly words?: readonly string[];
    readonly isPath: boolean;
    read(text: string): Reading<Value>;
}

/** A value, or the error as a clause: `must be one of on, off`. */
export type Reading<Value> = { value: Value } | { expectation: string };

/**
 * A whole number in decimal digits.
 *
 * @param reason why the bounds are what they are, as a clause that begins with a comma
 */
export function wholeNumber(unit: "MB" | "seconds", from: number, to: number, reason = ""): ValueKind<number> {
    const expectation = `must be a whole number of ${unit} from ${from} to ${to}${reason}`;
    const schema = z
        .string()
        .regex(/^\d+$/, expectation)
        .transform(Number)
        .pipe(z.number().min(from, expectation).max(to, expectation));
    return { unit, label: "Range", accepts: `${from} to ${to}`, isPath: false, read: reader(schema) };
}

/** One of a few words. */
export function oneWord<Word extends string>(words: readonly [Word, ...Word[]]): ValueKind<Word> {
    const schema = z.enum(words, wordExpectation(words));
    return { unit: null, label: "Values", accepts: words.join(", "), words, isPath: false, read: reader(schema) };
}

/** Several of a few words, separated by commas; repetitions are dropped. */
export function wordList<Word extends string>(words: readonly [Word, ...Word[]]): ValueKind<Word[]> {
    const schema = z
        .string()
        .transform((text) => [...new Set(text.split(",").map((word) => word.trim()))])
        .pipe(z.array(z.enum(words, wordExpectation(words))));
    return { unit: null, label: "Values", accepts: words.join(", "), isPath: false, read: reader(schema) };
}

/** A path of this system or, for a program under Wine, a Windows path. */
export function pathTo(what: "file" | "folder"): ValueKind<string> {
    const schema = z
        .string()
        .min(1, `must name a ${what}`)
        .regex(/^\P{Cc}*$/u, `must name a ${what} without control characters; between quotes, \\ is written \\\\`);
    return { unit: null, label: "Value", accepts: `a ${what}`, isPath: true, read: reader(schema) };
}

/** The name of a text encoding in which ASCII stays ASCII, as the code pages of Windows; or `auto`. */
export function textEncoding(): ValueKind<string> {
    const schema = z
        .string()
        .transform((text) => text.trim().toLowerCase())
        .refine(
            (name) => name === "auto" || keepsAscii(name),
            "must be auto or a text encoding, such as gbk or cp1251",
        );
    return { unit: null, label: "Value", accepts: "auto, gbk, cp1251, ...", isPath: false, read: reader(schema) };
}

function keepsAscii(name: string): boolean {
    const sample = "Save 1";
    return iconv.encodingExists(name) && iconv.encode(sample, name).equals(Buffer.from(sample));
}

function wordExpectation(words: readonly string[]): string {
    return words.length === 1 ? `knows only ${words[0]}` : `must be one of ${words.join(", ")}`;
}

function reader<Value>(schema: z.ZodType<Value>): (text: string) => Reading<Value> {
    return (text) => {
        const result = schema.safeParse(text);
        return result.success
            ? { value: result.data }
            : { expectation: result.error.issues[0]?.message ?? "is not valid" };
    };
}
