import { decodeText } from "./decode-text.js";
import type { SaveHeader } from "./save.js";
import type { SaveBytes } from "./save-bytes.js";
import { checkScreenshotSize } from "./screenshot-size.js";

/**
 * Reads the fields in front of the picture and stops where the picture begins. Four texts of 65,535 bytes and all the
 * rest make 262,246 bytes at most.
 *
 * @throws UserError BAD_SAVE
 */
export async function readHeaderFields(bytes: SaveBytes): Promise<Omit<SaveHeader, "plugins">> {
    const end = await readBeginning(bytes);
    const language = await readLanguage(bytes);
    const screenshot = checkScreenshotSize(
        await readNumber(bytes, "the width of its picture"),
        await readNumber(bytes, "the height of its picture"),
        bytes,
    );
    const number = await readNumber(bytes, "its number");
    const player = await readText(bytes, "the player's name");
    const title = await readText(bytes, "the player's title");
    const level = await readNumber(bytes, "the player's level");
    const location = await readText(bytes, "the location");
    const playTime = await readText(bytes, "the time played");
    if (bytes.position !== end) {
        throw bytes.fault(`its header ends at byte ${bytes.position}, but says that it ends at byte ${end}`);
    }
    return {
        layout: language === null ? "fallout3" : "falloutnv",
        language,
        screenshot,
        number,
        player,
        title,
        level,
        location,
        playTime,
        playTimeSeconds: secondsOf(playTime),
    };
}

const SIGNATURE = "FO3SAVEGAME";
const VERSION = 0x30;
const LANGUAGE_BYTES = 64;

/** @returns where the header says that it ends */
async function readBeginning(bytes: SaveBytes): Promise<number> {
    const signature = await bytes.take(SIGNATURE.length, "its signature");
    if (signature.toString("latin1") !== SIGNATURE) {
        throw bytes.fault(`it does not begin with ${SIGNATURE}`);
    }
    const length = await bytes.u32("the length of its header");
    const end = bytes.position + length;
    const version = await readNumber(bytes, "its version");
    if (version !== VERSION) {
        throw bytes.fault(`its version is ${version}, not ${VERSION}`);
    }
    return end;
}

/** Fallout 3 has no language: the separator behind the picture's width stands where New Vegas is still naming its own. */
async function readLanguage(bytes: SaveBytes): Promise<string | null> {
    if (await bytes.isSeparatorAt(bytes.position + 4)) {
        return null;
    }
    const block = await bytes.take(LANGUAGE_BYTES, "its language");
    const end = block.indexOf(0);
    const language = decodeText(end === -1 ? block : block.subarray(0, end));
    await bytes.separator("its language");
    return language;
}

async function readNumber(bytes: SaveBytes, what: string): Promise<number> {
    const value = await bytes.u32(what);
    await bytes.separator(what);
    return value;
}

/** An empty text has one separator, not two. */
async function readText(bytes: SaveBytes, what: string): Promise<string> {
    const length = await bytes.u16(what);
    await bytes.separator(what);
    if (length === 0) {
        return "";
    }
    const text = decodeText(await bytes.take(length, what));
    await bytes.separator(what);
    return text;
}

function secondsOf(playTime: string): number | null {
    const [, hours, minutes, seconds] = /^(\d{1,6})\.([0-5]\d)\.([0-5]\d)$/.exec(playTime) ?? [];
    return hours === undefined ? null : (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
}
