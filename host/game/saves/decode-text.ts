import iconv from "iconv-lite";

/** Text as the game writes it. Node's own TextDecoder, from 20.18.3 on, takes Windows-1252 for Latin-1. */
export function decodeText(bytes: Buffer): string {
    return iconv.decode(bytes, "win1252");
}
