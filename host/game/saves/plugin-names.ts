import { decodeText } from "./decode-text.js";
import type { SaveBytes } from "./save-bytes.js";

/** No file system that the game runs on has longer file names. */
const MAX_NAME_BYTES = 260;

/**
 * Reads the names of the plugins, which stand behind the picture.
 *
 * @throws UserError BAD_SAVE
 */
export async function readPluginNames(bytes: SaveBytes): Promise<string[]> {
    // Form version and size of the block: what exactly the size counts is not certain, so nothing hangs on it.
    await bytes.take(5, "its list of plugins");
    const count = await bytes.u8("the number of its plugins");
    await bytes.separator("the number of its plugins");
    const names: string[] = [];
    for (let index = 1; index <= count; index++) {
        names.push(await readName(bytes, `the name of plugin ${index} of ${count}`));
    }
    return names;
}

async function readName(bytes: SaveBytes, what: string): Promise<string> {
    const length = await bytes.u16(what);
    await bytes.separator(what);
    if (length === 0 || length > MAX_NAME_BYTES) {
        throw bytes.fault(`${what} has ${length} bytes, not 1 to ${MAX_NAME_BYTES}`);
    }
    const name = decodeText(await bytes.take(length, what));
    await bytes.separator(what);
    return name;
}
