/**
 * Text of a stranger as one line that can do nothing to a terminal or a log: what controls (escapes, line ends) or turns
 * writing round is shown by its number.
 */
export function printable(text: string): string {
    return text.replace(unprintable, (character) => {
        const number = character.codePointAt(0)!.toString(16);
        return number.length > 2 ? `\\u{${number}}` : `\\x${number.padStart(2, "0")}`;
    });
}

/** Control characters, separators of lines, what turns the direction of writing, and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
