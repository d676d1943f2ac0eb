import type { SaveHeader, ScreenshotSize } from "./save.js";
import type { SaveBytes } from "./save-bytes.js";
import { decodeText, detectEncoding } from "./text-encoding.js";

/** A header whose texts are not decoded. */
export interface RawHeader extends RawFields {
    readonly plugins: readonly Buffer[];
}

/** The same without the plugins, which come after the screenshot. */
export type RawFields = Omit<SaveHeader, TextField | "plugins" | "playTimeSeconds" | "encoding"> &
    Readonly<Record<TextField, Buffer>>;

type TextField = "player" | "title" | "location" | "playTime";

/**
 * Reads the fields before the screenshot and the list of plugins after it, and decodes them.
 *
 * @param encoding `auto`: detected
 * @throws UserError BAD_SAVE
 */
export async function readHeader(bytes: SaveBytes, encoding = "auto"): Promise<SaveHeader> {
    const raw = await readRawHeader(bytes);
    return decodeHeader(raw, encoding === "auto" ? (await detectEncoding(textsOf(raw))).encoding : encoding);
}

/** The texts of a header, from which its encoding is detected. */
export function textsOf({ player, title, location, plugins }: RawHeader): Buffer[] {
    return [player, title, location, ...plugins];
}

/** A header with its texts in an encoding. */
export function decodeHeader(
    { player, title, location, playTime, plugins, ...fields }: RawHeader,
    encoding: string,
): SaveHeader {
    const played = decodeText(playTime, encoding);
    return {
        ...fields,
        encoding,
        player: decodeText(player, encoding),
        title: decodeText(title, encoding),
        location: decodeText(location, encoding),
        playTime: played,
        playTimeSeconds: secondsOf(played),
        plugins: plugins.map((name) => decodeText(name, encoding)),
    };
}

/**
 * Reads the fields before the screenshot and the list of plugins after it.
 *
 * @throws UserError BAD_SAVE
 */
export async function readRawHeader(bytes: SaveBytes): Promise<RawHeader> {
    const fields = await readHeaderFields(bytes);
    const count = pixelBytes(fields.screenshot);
    await bytes.expect(count, "its picture");
    bytes.skip(count);
    return { ...fields, plugins: await readPluginNames(bytes) };
}

/**
 * Reads the fields before the screenshot and stops at its first byte. They have 262,246 bytes at most: four texts of
 * 65,535 bytes, and the rest.
 *
 * @throws UserError BAD_SAVE
 */
export async function readHeaderFields(bytes: SaveBytes): Promise<RawFields> {
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
        throw bytes.badSave(`its header ends at byte ${bytes.position}, but says that it ends at byte ${end}`);
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
    };
}

/** Bytes of a screenshot in a save. */
export function pixelBytes(size: ScreenshotSize | null): number {
    return size === null ? 0 : size.width * size.height * 3;
}

const signatureText = "FO3SAVEGAME";
const headerVersion = 0x30;
const languageBytes = 64;
/** The largest screenshots of the game have a quarter of it. */
const maxScreenshotSide = 2048;
/** No file system that the game runs on has longer file names. */
const maxPluginNameBytes = 260;

/** @returns the position at which the header says that it ends */
async function readBeginning(bytes: SaveBytes): Promise<number> {
    const signature = await bytes.take(signatureText.length, "its signature");
    if (signature.toString("latin1") !== signatureText) {
        throw bytes.badSave(`it does not begin with ${signatureText}`);
    }
    const length = await bytes.u32("the length of its header");
    const end = bytes.position + length;
    const version = await readNumber(bytes, "its version");
    if (version !== headerVersion) {
        throw bytes.badSave(`its version is ${version}, not ${headerVersion}`);
    }
    return end;
}

/** Fallout 3 has no language block: there, the separator after the screenshot's width is 4 bytes further on. */
async function readLanguage(bytes: SaveBytes): Promise<string | null> {
    if (await bytes.isSeparatorAt(bytes.position + 4)) {
        return null;
    }
    const block = await bytes.take(languageBytes, "its language");
    const end = block.indexOf(0);
    const language = block.toString("latin1", 0, end === -1 ? block.length : end); // a word in ASCII
    await bytes.separator("its language");
    return language;
}

async function readNumber(bytes: SaveBytes, what: string): Promise<number> {
    const value = await bytes.u32(what);
    await bytes.separator(what);
    return value;
}

/** An empty text has one separator instead of two. */
async function readText(bytes: SaveBytes, what: string): Promise<Buffer> {
    const length = await bytes.u16(what);
    await bytes.separator(what);
    if (length === 0) {
        return Buffer.alloc(0);
    }
    const text = await bytes.take(length, what);
    await bytes.separator(what);
    return text;
}

function secondsOf(playTime: string): number | null {
    const [, hours, minutes, seconds] = /^(\d{1,6})\.([0-5]\d)\.([0-5]\d)$/.exec(playTime) ?? [];
    return hours === undefined ? null : (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** @returns null for a screenshot without pixels */
function checkScreenshotSize(width: number, height: number, bytes: SaveBytes): ScreenshotSize | null {
    if (width > maxScreenshotSide || height > maxScreenshotSide) {
        throw bytes.badSave(
            `its picture is said to have ${width} by ${height} pixels; ${maxScreenshotSide} is the most`,
        );
    }
    return width === 0 || height === 0 ? null : { width, height };
}

/** The list follows the screenshot. */
async function readPluginNames(bytes: SaveBytes): Promise<Buffer[]> {
    // Form version and size of the block: what the size counts is not certain, so it is ignored.
    await bytes.take(5, "its list of plugins");
    const count = await bytes.u8("the number of its plugins");
    await bytes.separator("the number of its plugins");
    const names: Buffer[] = [];
    for (let index = 1; index <= count; index++) {
        names.push(await readPluginName(bytes, `the name of plugin ${index} of ${count}`));
    }
    return names;
}

async function readPluginName(bytes: SaveBytes, what: string): Promise<Buffer> {
    const length = await bytes.u16(what);
    await bytes.separator(what);
    if (length === 0 || length > maxPluginNameBytes) {
        throw bytes.badSave(`${what} has ${length} bytes, not 1 to ${maxPluginNameBytes}`);
    }
    const name = await bytes.take(length, what);
    await bytes.separator(what);
    return name;
}
