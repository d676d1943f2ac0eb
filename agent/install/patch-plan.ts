import {
    armPatchLimit,
    armPlanBytes,
    armPlanLayout,
    armSiteBytes,
    armSiteLayout,
    armSiteLimit,
} from "../../shared/layout.js";
import type { GamePatch } from "../../shared/games/profile.js";
import { JUMP_BYTES, type Site } from "./hook-site.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";

/** Enough for the stopping task of Linux, which calls nothing but the kernel. */
const STACK_BYTES = 0x20000;

/** The patch, ready to be carried out by `cmodule/arm.c`. Keep `memory`. */
export interface ArmPlan {
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
 * Writes down which bytes arming will change and into what, and completes the landings that the jumps lead to.
 *
 * @param patches of a game, beside the jumps: the same transaction
 */
export function writeArmPlan(
    sites: (Site & { replacement: NativePointer })[],
    patches: readonly GamePatch[] = [],
): ArmPlan {
    const changes = [...sites.map(changeOfSite), ...patches.map(changeOfPatch)];
    if (changes.length > armSiteLimit)
        throw new Refusal("UNHOOKABLE", `${changes.length} places are more than the ${armSiteLimit} of a plan`);
    const plan = Memory.alloc(armPlanBytes);
    const stack = Memory.alloc(STACK_BYTES);
    plan.add(armPlanLayout.site_count).writeU32(changes.length);
    plan.add(armPlanLayout.stack_top).writeU64(uint64(stack.add(STACK_BYTES).toString()));
    changes.forEach(({ address, protection, length, after }, index) => {
        const entry = plan.add(armPlanLayout.sites + armSiteBytes * index);
        entry.add(armSiteLayout.address).writeU64(uint64(address.toString()));
        entry.add(armSiteLayout.length).writeU32(length);
        entry.add(armSiteLayout.protection).writeU32(protection);
        entry.add(armSiteLayout.before).writeByteArray(address.readByteArray(length)!);
        entry.add(armSiteLayout.after).writeByteArray(after);
    });
    return { address: plan, memory: [plan, stack] };
}

function changeOfSite(site: Site & { replacement: NativePointer }): Change {
    const { address, protection } = site;
    return { address, protection, length: JUMP_BYTES, after: nearJump(site, hop(site)) };
}

function changeOfPatch({ name, address, becomes }: GamePatch): Change {
    const after = becomes.split(" ").map((byte) => parseInt(byte, 16));
    if (after.length > armPatchLimit) throw new Error(`${name} has ${after.length} bytes, more than a plan takes`);
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
