import { armPlanBytes, armPlanLayout, armSiteBytes, armSiteLayout, armSiteLimit } from "../generated/layout.js";
import { JUMP_BYTES, type Site } from "./site.js";
import { Refusal } from "../shared/refusal.js";

/** Enough for the stopping task of Linux, which calls nothing but the kernel. */
const STACK_BYTES = 0x20000;

/** The patch, ready to be carried out by `cmodule/arm.c`. Keep `memory`. */
export interface ArmPlan {
    address: NativePointer;
    memory: NativePointer[];
}

/** Writes down which bytes arming will change and into what, and completes the landings that those jumps lead to. */
export function writeArmPlan(sites: (Site & { replacement: NativePointer })[]): ArmPlan {
    if (sites.length > armSiteLimit)
        throw new Refusal("UNHOOKABLE", `${sites.length} functions are more than the ${armSiteLimit} of a plan`);
    const plan = Memory.alloc(armPlanBytes);
    const stack = Memory.alloc(STACK_BYTES);
    plan.add(armPlanLayout.site_count).writeU32(sites.length);
    plan.add(armPlanLayout.stack_top).writeU64(uint64(stack.add(STACK_BYTES).toString()));
    sites.forEach((site, index) => {
        const entry = plan.add(armPlanLayout.sites + armSiteBytes * index);
        entry.add(armSiteLayout.address).writeU64(uint64(site.address.toString()));
        entry.add(armSiteLayout.length).writeU32(JUMP_BYTES);
        entry.add(armSiteLayout.protection).writeU32(site.protection);
        entry.add(armSiteLayout.before).writeByteArray(site.address.readByteArray(JUMP_BYTES)!);
        entry.add(armSiteLayout.after).writeByteArray(nearJump(site, hop(site)));
    });
    return { address: plan, memory: [plan, stack] };
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
