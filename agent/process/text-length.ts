/** Bytes of a text in C, without its end. */
export function lengthOf(text: NativePointer): number {
    let length = 0;
    while (text.add(length).readU8() !== 0) length++;
    return length;
}
