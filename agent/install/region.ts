import { bytesPerMb } from "../../shared/bytes.js";
import { metadataBytes, segmentBytes } from "../../shared/layout.js";
import { measureAddressSpace } from "../process/address-space.js";
import { ControlBlock } from "../process/control-block.js";
import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";

/** Address space of the pool: reserved at once or in segments, backed by memory on demand. Once hooked, never released. */
export interface Region {
    base: NativePointer;
    bytes: number;
    /** True if nothing of it is reserved yet: the C reserves one segment after the other. */
    isSegmented: boolean;
}

/** How far a failed reservation steps down at a time, and the smallest size. */
const stepBytes = 64 * bytesPerMb;
const smallestBytes = 16 * bytesPerMb;
/**
 * Free address space that is left to a game for its textures, drivers and mods, which fail if the pool takes the last large
 * hole (psycho, `gheap_large_modlist_compatibility.md`).
 */
const gameKeepsBytes = 768 * bytesPerMb;

/**
 * Reserves the region with the requested size, or else the largest smaller one for which there is a hole.
 *
 * @param isGame whether to leave address space for the game
 * @returns the region, and in `stepDown` why it is smaller than requested, or null
 * @throws Refusal NO_ROOM
 */
export function reserveRegion(wanted: number, isGame: boolean): { region: Region; stepDown: string | null } {
    const { most, why } = boundOf(isGame);
    for (let bytes = wanted; bytes >= smallestBytes; bytes = nextSize(bytes)) {
        if (bytes > most) continue;
        const base = platform().reserve(bytes);
        if (base === null) continue;
        const region = { base, bytes, isSegmented: false };
        return {
            region,
            stepDown: bytes === wanted ? null : explain(wanted, bytes, wanted > most ? why : noLargerRange),
        };
    }
    throw noRoom(most < smallestBytes ? why : undefined);
}

/**
 * Chooses the addresses of a region that will be reserved in segments: the highest of those with the most free space.
 * Other allocations may still take a part that is not reserved yet.
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
    const stepDown = `part of its address range is in use, which leaves ${inMb(freeBytes)} of ${inMb(wanted)}`;
    return { region: { base, bytes: wanted, isSegmented: true }, stepDown: freeBytes < wanted ? stepDown : null };
}

/** End of the address space of a 32-bit process. */
const addressesEnd = 0x1_0000_0000;

/** The highest range of addresses with the most free segments; null if no segment is free. */
function chooseWindow(
    bytes: number,
    isFree: (base: NativePointer, bytes: number) => boolean,
): { base: NativePointer; freeBytes: number } | null {
    const segments = Math.ceil(bytes / segmentBytes);
    // By trying to reserve each one: VirtualQuery is not reliable under Wine.
    const free = Array.from({ length: addressesEnd / segmentBytes }, (_, index) =>
        isFree(ptr(index * segmentBytes), segmentBytes),
    );
    let best = { first: 0, count: 0 };
    for (let first = free.length - segments; first > 0; first--) {
        const count = free.slice(first, first + segments).filter(Boolean).length;
        if (count > best.count) best = { first, count };
    }
    const freeBytes = Math.min(bytes, best.count * segmentBytes);
    return best.count === 0 ? null : { base: ptr(best.first * segmentBytes), freeBytes };
}

function noRoom(why = "the address space has no free range of that size"): Refusal {
    return new Refusal("NO_ROOM", `there is no room for even ${inMb(smallestBytes)}: ${why}`);
}

const noLargerRange = "the address space has no larger free range";

/** The most that a pool may take, and why it is no more, as a clause. */
function boundOf(isGame: boolean): { most: number; why: string } {
    const permitted = platform().permittedBytes();
    const forGame = isGame ? mostForGame() : Infinity;
    return forGame < permitted / 2
        ? { most: forGame, why: `the game itself is left ${inMb(gameKeepsBytes)}` }
        : {
              most: permitted / 2,
              why: `the program's limits (ulimit) permit ${inMb(permitted)} more, half of it is left to it`,
          };
}

function mostForGame(): number {
    const space = measureAddressSpace();
    return space === null || space.is_lower_bound ? Infinity : Math.max(0, space.free - gameKeepsBytes);
}

/** Allocates the control block, the pool's own state and the page table of a region. */
export function allocateMetadata(regionBytes: number): { control: ControlBlock; metadataBytes: number } {
    const bytes = metadataBytes(regionBytes, Process.pointerSize);
    const base = platform().allocate(bytes);
    if (base === null) throw new Refusal("NO_ROOM", `the system refused ${inMb(bytes)} for the pool's tables`);
    return { control: new ControlBlock(base), metadataBytes: bytes };
}

function nextSize(bytes: number): number {
    return bytes > stepBytes ? Math.ceil(bytes / stepBytes - 1) * stepBytes : bytes - smallestBytes;
}

function explain(wanted: number, got: number, why: string): string {
    const flag =
        platform().name === "windows" && Process.pointerSize === 4
            ? "; a 32-bit program without the large-address-aware flag has only 2 GB in all"
            : "";
    return `the pool has ${inMb(got)} instead of ${inMb(wanted)}: ${why}${flag}`;
}

function inMb(bytes: number): string {
    return `${Math.floor(bytes / bytesPerMb)} MB`;
}
