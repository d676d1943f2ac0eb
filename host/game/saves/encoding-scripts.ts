import iconv from "iconv-lite";

/** An encoding that can be recognised in short texts. */
export interface TextEncoding {
    /** Its name in iconv-lite. */
    readonly encoding: string;
    /** Names of it and of its subsets in jschardet, in lower case. */
    readonly names: readonly string[];
    /** Different characters that it takes to be sure. */
    readonly fewest: number;
    /** True for the bytes of a character that is common in texts of this script. */
    readonly isCommon: (first: number, second: number | undefined) => boolean;
    /** What whole texts of the script have in common. */
    readonly isWhole?: (texts: readonly string[]) => boolean;
}

/** A character that is not ASCII. */
export interface Unit {
    readonly character: string;
    readonly isCommon: boolean;
    /** An ASCII letter is its neighbour. */
    readonly isBesideLetter: boolean;
}

/** The characters of a text that are not ASCII; null if the text is not valid in the encoding. Punctuation is left out. */
export function unitsOf({ encoding, isCommon }: TextEncoding, text: Buffer): Unit[] | null {
    const characters = [...iconv.decode(text, encoding)];
    if (!iconv.encode(characters.join(""), encoding).equals(text)) return null;
    return characters.flatMap((character, index) => {
        if (/[\p{ASCII}\p{P}]/u.test(character)) return [];
        const [first = 0, second] = iconv.encode(character, encoding);
        const isBesideLetter = [characters[index - 1], characters[index + 1]].some((beside) =>
            /^[a-z]$/i.test(beside ?? ""),
        );
        return [{ character, isCommon: isCommon(first, second), isBesideLetter }];
    });
}

const isWithin = (byte: number | undefined, from: number, to: number) =>
    byte !== undefined && byte >= from && byte <= to;

/** Ranges are those of the standards: level 1 of GB 2312, Big5 and JIS X 0208, and the syllables of KS X 1001. */
export const scripts: readonly TextEncoding[] = [
    {
        encoding: "gbk",
        names: ["gb18030", "gbk", "gb2312"],
        fewest: 3,
        isCommon: (first, second) => isWithin(first, 0xb0, 0xd7) && isWithin(second, 0xa1, 0xfe),
    },
    {
        encoding: "big5",
        names: ["big5", "big5hkscs", "cp950"],
        fewest: 3,
        isCommon: (first) => isWithin(first, 0xa4, 0xc6),
    },
    {
        encoding: "cp932",
        names: ["cp932", "shift_jis", "shift_jisx0213", "shift_jis_2004"],
        fewest: 3,
        isCommon: (first, second) =>
            second !== undefined && (isWithin(first, 0x82, 0x83) || isWithin(first, 0x88, 0x98) || first === 0x81),
        isWhole: (texts) => /[\u3041-\u30fe]{2}/.test(texts.join(" ")), // kana
    },
    {
        encoding: "cp949",
        names: ["cp949", "euc-kr", "uhc"],
        fewest: 3,
        isCommon: (first, second) => isWithin(first, 0xb0, 0xc8) && isWithin(second, 0xa1, 0xfe),
    },
    {
        encoding: "cp1251",
        names: ["windows-1251"],
        fewest: 5,
        isCommon: (first) =>
            isWithin(first, 0xc0, 0xff) || [0xa8, 0xb8, 0xaa, 0xba, 0xaf, 0xbf, 0xb2, 0xb3].includes(first),
        isWhole: (texts) => texts.every(isCyrillic),
    },
];

/** Words of Cyrillic letters alone, in the case that words have, with vowels. */
function isCyrillic(text: string): boolean {
    const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
    return words.every(
        (word) =>
            /^\p{ASCII}*$/u.test(word) ||
            (/^\p{Script=Cyrillic}+$/u.test(word) &&
                /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$/u.test(word) &&
                !/^[ьъы]/i.test(word) &&
                (word.length < 4 || /[аеёиоуыэюяіїє]/i.test(word))),
    );
}
