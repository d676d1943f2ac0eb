import { ControlBlock } from "../process/control-block.js";
import { metadataBytes } from "../../shared/layout.js";
import { measureAddressSpace } from "../process/address-space.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";
import { chooseWindow } from "./segments.js";

/** Address space of the pool: reserved at once or in segments, backed by memory on demand, never given back. */
export interface Region {
    base: NativePointer;
    bytes: number;
    /** Nothing of it is reserved yet: the C does that, segment by segment. */
    isSegmented: boolean;
}

const MEGABYTE = 0x100000;
/** How far a failed reservation steps down at a time, and where it gives up. */
const STEP_BYTES = 64 * MEGABYTE;
const SMALLEST_BYTES = 16 * MEGABYTE;
/**
 * What a game keeps of its free address space, for its textures, its drivers and its mods: they fail where the pool takes
 * the last large hole (psycho, `gheap_large_modlist_compatibility.md`).
 */
const GAME_KEEPS_BYTES = 768 * MEGABYTE;

/**
 * Reserves the region, as large as asked for or the largest smaller size that finds a hole in the address space.
 *
 * @param isGame whether room must stay for what a game takes besides
 * @returns the region, and in `stepDown` a sentence for people where it is smaller than asked for
 * @throws Refusal NO_ROOM
 */
export function reserveRegion(wanted: number, isGame: boolean): { region: Region; stepDown: string | null } {
    const most = isGame ? mostForGame() : Infinity;
    for (let bytes = wanted; bytes >= SMALLEST_BYTES; bytes = nextSize(bytes)) {
        if (bytes > most) continue;
        const base = system().reserve(bytes);
        if (base === null) continue;
        const region = { base, bytes, isSegmented: false };
        return { region, stepDown: bytes === wanted ? null : explain(wanted, bytes, wanted > most) };
    }
    throw noRoom();
}

/**
 * Chooses where a region of segments will be: as high as most of it is free now. Others may take from it what is not
 * reserved yet.
 *
 * @throws Refusal NO_ROOM
 */
export function chooseSegments(
    wanted: number,
    isFree: (base: NativePointer, bytes: number) => boolean,
): { region: Region; stepDown: string | null } {
    const window = chooseWindow(wanted, isFree);
    if (window === null) throw noRoom();
    const { base, freeBytes } = window;
    const stepDown = `others have taken a part of its addresses, which leaves it ${inMb(freeBytes)} of ${inMb(wanted)}`;
    return { region: { base, bytes: wanted, isSegmented: true }, stepDown: freeBytes < wanted ? stepDown : null };
}

function noRoom(): Refusal {
    return new Refusal("NO_ROOM", `the program's address space has no free range of even ${inMb(SMALLEST_BYTES)}`);
}

function mostForGame(): number {
    const space = measureAddressSpace();
    return space === null || space.is_lower_bound ? Infinity : Math.max(0, space.free - GAME_KEEPS_BYTES);
}

/** The control block, the pool's own state and its page table, for a region of that many bytes. */
export function reserveMetadata(regionBytes: number): { control: ControlBlock; metadataBytes: number } {
    const bytes = metadataBytes(regionBytes, Process.pointerSize);
    const base = system().allocate(bytes);
    if (base === null) throw new Refusal("NO_ROOM", `the system refused ${inMb(bytes)} for the pool's own tables`);
    return { control: new ControlBlock(base), metadataBytes: bytes };
}

function nextSize(bytes: number): number {
    return bytes > STEP_BYTES ? Math.ceil(bytes / STEP_BYTES - 1) * STEP_BYTES : bytes - SMALLEST_BYTES;
}

function explain(wanted: number, got: number, keepsRoom: boolean): string {
    const flag =
        system().name === "windows" && Process.pointerSize === 4
            ? "; a 32-bit program without the large-address-aware flag has only 2 GB in all"
            : "";
    const why = keepsRoom
        ? `the game itself is left ${inMb(GAME_KEEPS_BYTES)}`
        : "the address space has no larger free range";
    return `the pool has ${inMb(got)} instead of ${inMb(wanted)}: ${why}${flag}`;
}

function inMb(bytes: number): string {
    return `${Math.floor(bytes / MEGABYTE)} MB`;
}
