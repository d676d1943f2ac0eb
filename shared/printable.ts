/**
 * Untrusted text as one line that has no effect on a terminal or a log: control characters, line separators and what
 * changes the direction of text are shown by their code points. In paths, U+DC80 to U+DCFF are bytes that are no UTF-8
 * (`host/files/path-bytes.ts`), shown as such.
 */
export function printable(text: string): string {
    return text.replace(unprintable, (character) => {
        const code = character.codePointAt(0)!;
        const number = (code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code).toString(16);
        return number.length > 2 ? `\\u{${number}}` : `\\x${number.padStart(2, "0")}`;
    });
}

/** Control characters, line separators, bidirectional controls and lone surrogates. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
