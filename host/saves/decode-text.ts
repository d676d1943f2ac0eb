import iconv from "iconv-lite";

/** Text as the game writes it. Node's own TextDecoder takes Windows-1252 for Latin-1 in many versions, this one's among them. */
export function decodeText(bytes: Buffer): string {
    return iconv.decode(bytes, "win1252");
}
