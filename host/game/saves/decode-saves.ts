import type { FileFacts } from "./read-save.js";
import type { BrokenSave, ListedSave } from "./save.js";
import { decodeHeader, type RawHeader, textsOf } from "./save-header.js";
import { detectEncoding, mayBeIn } from "./text-encoding.js";

/** A save whose texts are not decoded. */
export interface UndecodedSave {
    readonly facts: FileFacts;
    readonly raw: RawHeader;
}

/**
 * Decodes the saves of a folder. If the texts of one say too little (a name of two Chinese characters), those of the others
 * decide, if they agree.
 *
 * @param encoding `auto`: detected
 */
export async function decodeSaves(
    saves: readonly (UndecodedSave | BrokenSave)[],
    encoding: string,
): Promise<ListedSave[]> {
    const decided = await Promise.all(
        saves.map(async (save) => {
            if ("problem" in save) return save;
            const texts = textsOf(save.raw);
            const decision = encoding === "auto" ? await detectEncoding(texts) : ({ encoding, kind: "sure" } as const);
            return { ...save, texts, decision };
        }),
    );
    const common = commonEncoding(
        decided.flatMap((save) => ("problem" in save || save.decision.kind !== "sure" ? [] : [save.decision.encoding])),
    );
    return decided.map((save) => {
        if ("problem" in save) return save;
        const { facts, raw, texts, decision } = save;
        const isUnsure = decision.kind === "open" || decision.kind === "likely";
        const isCommon = isUnsure && common !== null && mayBeIn(common, texts);
        return { ...facts, ...decodeHeader(raw, isCommon ? common : decision.encoding) };
    });
}

/** The encoding of nearly all of the saves whose own is sure; null if they disagree. */
function commonEncoding(sure: readonly string[]): string | null {
    const shares = [...new Set(sure)].map((encoding) => ({
        encoding,
        share: sure.filter((one) => one === encoding).length / sure.length,
    }));
    return shares.find(({ share }) => share >= leastShare)?.encoding ?? null;
}

/** One shared folder may have a guest's save in it. */
const leastShare = 0.9;
