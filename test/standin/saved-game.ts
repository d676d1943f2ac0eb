/**
 * A saved game as far as its header goes (falloutmods wiki, MO2's `game_gamebryo`): the fields that others read, a
 * picture, and behind it so many bytes that stand for the game itself.
 *
 * @param content bytes behind the picture
 */
export function savedGame(content: Uint8Array, name = "Courier"): Buffer {
    const [width, height] = [4, 2];
    const header = Buffer.concat([
        ...[u32(0x30), Buffer.from("ENGLISH".padEnd(64, "\0")), u32(width), u32(height), u32(1)].flatMap(ended),
        ...[name, "Wild Card"].flatMap(text),
        ...ended(u32(1)),
        ...["Goodsprings", "000.01.02"].flatMap(text),
    ]);
    return Buffer.concat([
        Buffer.from("FO3SAVEGAME"),
        u32(header.length),
        header,
        Buffer.alloc(3 * width * height),
        content,
    ]);
}

const separator = Buffer.from("|");

const ended = (field: Buffer): Buffer[] => [field, separator];

/** One that is empty has no second separator. */
function text(value: string): Buffer[] {
    const bytes = Buffer.from(value, "latin1");
    return bytes.length === 0 ? ended(u16(0)) : [...ended(u16(bytes.length)), ...ended(bytes)];
}

function u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return bytes;
}

function u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
}
