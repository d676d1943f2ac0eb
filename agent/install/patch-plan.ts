import {
    patchBytesLimit,
    patchPlanBytes,
    patchPlanLayout,
    patchSiteBytes,
    patchSiteLayout,
    patchSiteLimit,
} from "../../shared/layout.js";
import type { GamePatch } from "../../shared/games/profile.js";
import { JUMP_BYTES, type Site } from "./hook-site.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";

/** Enough for the suspending task of Linux, which calls nothing but the kernel. */
const STACK_BYTES = 0x20000;

/** The patch, ready to be carried out by `cmodule/patch/patch.c`. Keep `memory`. */
export interface PatchPlan {
    address: NativePointer;
    memory: NativePointer[];
}

/** Bytes to change. */
interface Change {
    address: NativePointer;
    protection: number;
    after: ArrayBuffer | number[];
    length: number;
}

/**
 * Writes down which bytes will change and into what, and completes the landings that the jumps lead to.
 *
 * @param patches of a game, beside the jumps: the same transaction
 */
export function writePatchPlan(
    sites: (Site & { replacement: NativePointer })[],
    patches: readonly GamePatch[] = [],
): PatchPlan {
    const changes = [...sites.map(changeOfSite), ...patches.map(changeOfPatch)];
    if (changes.length > patchSiteLimit)
        throw new Refusal("UNHOOKABLE", `${changes.length} places are more than the ${patchSiteLimit} of a plan`);
    const plan = Memory.alloc(patchPlanBytes);
    const stack = Memory.alloc(STACK_BYTES);
    plan.add(patchPlanLayout.site_count).writeU32(changes.length);
    plan.add(patchPlanLayout.stack_top).writeU64(uint64(stack.add(STACK_BYTES).toString()));
    changes.forEach(({ address, protection, length, after }, index) => {
        const entry = plan.add(patchPlanLayout.sites + patchSiteBytes * index);
        entry.add(patchSiteLayout.address).writeU64(uint64(address.toString()));
        entry.add(patchSiteLayout.length).writeU32(length);
        entry.add(patchSiteLayout.protection).writeU32(protection);
        entry.add(patchSiteLayout.before).writeByteArray(address.readByteArray(length)!);
        entry.add(patchSiteLayout.after).writeByteArray(after);
    });
    return { address: plan, memory: [plan, stack] };
}

function changeOfSite(site: Site & { replacement: NativePointer }): Change {
    const { address, protection } = site;
    return { address, protection, length: JUMP_BYTES, after: nearJump(site, hop(site)) };
}

function changeOfPatch({ name, address, becomes }: GamePatch): Change {
    const after = becomes.split(" ").map((byte) => parseInt(byte, 16));
    if (after.length > patchBytesLimit) throw new Error(`${name} has ${after.length} bytes, more than a plan takes`);
    const { protection } = Process.getRangeByAddress(ptr(address));
    return { address: ptr(address), protection: system().protectionNumber(protection), length: after.length, after };
}

/** Where the jump leads: to the replacement where that is within reach, else to the landing, which leads there. */
function hop({ address, landing, replacement }: Site & { replacement: NativePointer }): NativePointer {
    if (isNear(address, replacement)) return replacement;
    landing.lead(replacement);
    return landing.address;
}

/** In a 32-bit process everything is, because addresses wrap. */
function isNear(site: NativePointer, target: NativePointer): boolean {
    const distance = target.sub(site.add(JUMP_BYTES));
    return Process.pointerSize === 4 || distance.toString() === ptr(distance.toInt32()).toString();
}

function nearJump({ name, address }: Site, target: NativePointer): ArrayBuffer {
    const distance = target.sub(address.add(JUMP_BYTES));
    if (!isNear(address, target))
        throw new Refusal("UNHOOKABLE", `no memory within reach of a jump from ${name} at ${address.toString()}`);
    const jump = new DataView(new ArrayBuffer(JUMP_BYTES));
    jump.setUint8(0, 0xe9);
    jump.setInt32(1, distance.toInt32(), true);
    return jump.buffer;
}
