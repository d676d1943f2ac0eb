import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Damages a save in one to three ways; the same seed does the same. */
export function mutate(save: Buffer, seed: number): Buffer {
    const generator = xoroshiro128plus(seed);
    const upTo = (most: number) => uniformInt(generator, 0, Math.max(most, 0));
    let mutated: Buffer = Buffer.from(save);
    for (let left = upTo(2); left >= 0; left--) {
        mutated = damages[upTo(damages.length - 1)]!(mutated, upTo);
    }
    return mutated;
}

type Damage = (save: Buffer, upTo: (most: number) => number) => Buffer;

const damages: readonly Damage[] = [
    function changeOneByte(save, upTo) {
        const at = upTo(save.length - 1);
        if (at < save.length) save[at] = upTo(255);
        return save;
    },
    function flipOneBit(save, upTo) {
        const at = upTo(save.length - 1);
        if (at < save.length) save[at]! ^= 1 << upTo(7);
        return save;
    },
    function absurdNumber(save, upTo) {
        const at = upTo(save.length - 4);
        if (at + 4 <= save.length) save.writeUInt32LE(absurdNumbers[upTo(absurdNumbers.length - 1)]!, at);
        return save;
    },
    function absurdLength(save, upTo) {
        const at = upTo(save.length - 2);
        if (at + 2 <= save.length) save.writeUInt16LE(absurdNumbers[upTo(absurdNumbers.length - 1)]! & 0xffff, at);
        return save;
    },
    function truncate(save, upTo) {
        return save.subarray(0, upTo(save.length));
    },
    function leaveOut(save, upTo) {
        const from = upTo(save.length);
        return Buffer.concat([save.subarray(0, from), save.subarray(from + 1 + upTo(40))]);
    },
    function insert(save, upTo) {
        const at = upTo(save.length);
        const inserted = Buffer.from(Array.from({ length: 1 + upTo(40) }, () => upTo(255)));
        return Buffer.concat([save.subarray(0, at), inserted, save.subarray(at)]);
    },
    function separatorsEverywhere(save, upTo) {
        const from = upTo(save.length - 1);
        return save.fill("|", from, Math.min(from + 1 + upTo(20), save.length));
    },
];

const absurdNumbers = [0, 1, 0x7c, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
