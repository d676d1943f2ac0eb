/** Addresses of this process, as Linux lists them: first, and after the last. */
interface Range {
    from: number;
    to: number;
    /** File, or a name in brackets; else empty. */
    name: string;
}

/** What RLIMIT_AS and RLIMIT_DATA count, in bytes; 0 if this process can't read it. */
export function addressSpaceInUse(): { total: number; data: number } {
    try {
        const text = File.readAllText("/proc/self/status");
        const bytes = (name: string): number => 1024 * Number(RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
        return { total: bytes("VmSize"), data: bytes("VmData") };
    } catch {
        return { total: 0, data: 0 };
    }
}

/** Every mapping of this process in ascending order, Frida's own included. */
export function mappedRanges(): Range[] {
    const maps = new File("/proc/self/maps", "r");
    const ranges: Range[] = [];
    for (let line = maps.readLine(); line !== ""; line = maps.readLine()) {
        const [addresses = "", , , , , ...name] = line.trimEnd().split(/ +/);
        const [from = "", to = ""] = addresses.split("-");
        ranges.push({ from: parseInt(from, 16), to: parseInt(to, 16), name: name.join(" ") });
    }
    maps.close();
    return ranges;
}

/** Every gap below `end` that no range covers. */
export function gapsBetween(ranges: readonly Range[], end: number): Omit<Range, "name">[] {
    const gaps: Omit<Range, "name">[] = [];
    let covered = 0;
    for (const { from, to } of ranges) {
        if (Math.min(from, end) > covered) gaps.push({ from: covered, to: Math.min(from, end) });
        covered = Math.max(covered, to);
    }
    if (covered < end) gaps.push({ from: covered, to: end });
    return gaps;
}

/** Less than a near jump reaches, in bytes. */
const nearReach = 0x7f000000;
/** Lower addresses may be forbidden (vm.mmap_min_addr). */
const lowest = 0x100000;
/** End of the addresses of a 64-bit program. */
const highest = 2 ** 47 - 0x1000;

/** Free addresses for so many bytes within reach of a near jump, the nearest first. */
export function placesNear(near: number, bytes: number): number[] {
    const ranges = mappedRanges();
    const heapEnd = ranges.find(({ name }) => name === "[heap]")?.to; // it grows
    return gapsBetween(ranges, highest)
        .filter(({ from, to }) => from !== heapEnd && to - Math.max(from, lowest) >= bytes)
        .map(({ from, to }) => (to <= near ? to - bytes : Math.max(from, lowest)))
        .filter((place) => Math.abs(place - near) < nearReach)
        .sort((one, other) => Math.abs(one - near) - Math.abs(other - near));
}
