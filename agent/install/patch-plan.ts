import type { GamePatch } from "../../shared/games/profile.js";
import {
    patchBytesLimit,
    patchPlanBytes,
    patchPlanLayout,
    patchSiteBytes,
    patchSiteLayout,
    patchSiteLimit,
} from "../../shared/layout.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import type { HeapSlot } from "./heap-slots.js";
import type { Site } from "./hook-site.js";
import { jumpBytes } from "./prologue.js";
import type { Taken } from "./taken.js";

/** Enough for the suspending task of Linux, which calls nothing but the kernel. */
const stackBytes = 0x20000;

/** Bytes to change. */
interface Change {
    address: NativePointer;
    protection: number;
    after: ArrayBuffer | number[];
    length: number;
}

/**
 * Writes down which bytes will change and into what, and completes the relays that the jumps lead to.
 *
 * @param slots of import tables, and
 * @param patches of a game: in the same transaction as the jumps
 * @returns the `struct PatchPlan` that the C of the patch carries out
 */
export function writePatchPlan(
    sites: (Site & { replacement: NativePointer })[],
    slots: (HeapSlot & { replacement: NativePointer })[],
    patches: readonly GamePatch[],
    taken: Taken,
): NativePointer {
    const changes = [...sites.map(changeOfSite), ...slots.map(changeOfSlot), ...patches.map(changeOfPatch)];
    if (changes.length > patchSiteLimit) {
        throw new Refusal("UNHOOKABLE", `${changes.length} places are more than the ${patchSiteLimit} of a plan`);
    }
    const stack = taken.memory(stackBytes + patchPlanBytes, "the plan of the hooks");
    const plan = stack.add(stackBytes);
    plan.add(patchPlanLayout.site_count).writeU32(changes.length);
    plan.add(patchPlanLayout.stack_top).writeU64(uint64(plan.toString()));
    changes.forEach(({ address, protection, length, after }, index) => {
        const entry = plan.add(patchPlanLayout.sites + patchSiteBytes * index);
        entry.add(patchSiteLayout.address).writeU64(uint64(address.toString()));
        entry.add(patchSiteLayout.length).writeU32(length);
        entry.add(patchSiteLayout.protection).writeU32(protection);
        entry.add(patchSiteLayout.before).writeByteArray(address.readByteArray(length)!);
        entry.add(patchSiteLayout.after).writeByteArray(after);
    });
    return plan;
}

function changeOfSite(site: Site & { replacement: NativePointer }): Change {
    const { address, protection } = site;
    return { address, protection, length: jumpBytes, after: nearJump(site, hop(site)) };
}

function changeOfSlot({ address, protection, replacement }: HeapSlot & { replacement: NativePointer }): Change {
    const after = new DataView(new ArrayBuffer(Process.pointerSize));
    after.setUint32(0, replacement.toUInt32(), true); // only 32-bit programs have heap slots
    return { address, protection, length: after.byteLength, after: after.buffer };
}

function changeOfPatch({ name, address, becomes }: GamePatch): Change {
    const after = becomes.split(" ").map((byte) => parseInt(byte, 16));
    if (after.length > patchBytesLimit) throw new Error(`${name} has ${after.length} bytes, more than a plan takes`);
    const { protection } = Process.getRangeByAddress(ptr(address));
    return { address: ptr(address), protection: platform().protectionNumber(protection), length: after.length, after };
}

/** The target of the jump: the replacement if it is within reach, else the relay. */
function hop({ address, relay, replacement }: Site & { replacement: NativePointer }): NativePointer {
    if (isNear(address, replacement)) return replacement;
    relay.setTarget(replacement);
    return relay.address;
}

/** In a 32-bit process every address is, because addresses wrap around. */
function isNear(site: NativePointer, target: NativePointer): boolean {
    const distance = target.sub(site.add(jumpBytes));
    return Process.pointerSize === 4 || distance.toString() === ptr(distance.toInt32()).toString();
}

function nearJump({ name, address }: Site, target: NativePointer): ArrayBuffer {
    const distance = target.sub(address.add(jumpBytes));
    if (!isNear(address, target)) {
        throw new Refusal("UNHOOKABLE", `no memory within reach of a jump from ${name} at ${address.toString()}`);
    }
    const jump = new DataView(new ArrayBuffer(jumpBytes));
    jump.setUint8(0, 0xe9);
    jump.setInt32(1, distance.toInt32(), true);
    return jump.buffer;
}
