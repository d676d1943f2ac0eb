import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countLibraries, isLinkedStatically } from "../../host/process/c-library.js";
import { parseMemoryMap } from "../../host/process/memory-map.js";
import { parseProgramLimits } from "../../host/process/program-limits.js";

describe("what is read of a Linux program before an injection", () => {
    it("limits: the soft ones, in the kernel's format; unlimited and missing ones are infinite", () => {
        const text = [
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max data size             unlimited            unlimited            bytes     ",
            "Max processes             127352               254704               processes ",
            "Max open files            1024                 1048576              files     ",
        ].join("\n");
        assert.deepEqual(parseProgramLimits(text), {
            addressSpace: Infinity,
            data: Infinity,
            files: 1024,
            threads: 127352,
        });
    });

    const library = "/usr/lib/x86_64-linux-gnu/libc.so.6";
    const once = [
        `7fd8521a2000-7fd8521c8000 r--p 00000000 fe:00 326269 ${library}`,
        `7fd8521c8000-7fd85231e000 r-xp 00026000 fe:00 326269 ${library}`,
        `7fd85231e000-7fd852371000 r--p 0017c000 fe:00 326269 ${library}`,
    ];
    const counts: [what: string, lines: readonly string[], count: number][] = [
        ["a library", once, 1],
        [
            "a library whose code has pages of another protection",
            [
                `7fd8521c8000-7fd8521d0000 r-xp 00026000 fe:00 326269 ${library}`,
                `7fd8521d0000-7fd8521d1000 rwxp 0002e000 fe:00 326269 ${library}`,
                `7fd8521d1000-7fd85231e000 r-xp 0002f000 fe:00 326269 ${library}`,
            ],
            1,
        ],
        [
            "a library whose file is mapped to be read, too",
            [...once, `7fd800000000-7fd8001d0000 r--p 00000000 fe:00 326269 ${library}`],
            1,
        ],
        ["a library loaded twice", [...once, `7fd7521c8000-7fd75231e000 r-xp 00026000 fe:00 326269 ${library}`], 2],
        ["two versions", [...once, "7fd7521c8000-7fd75231e000 r-xp 00026000 fe:00 9 /opt/old/libc-2.31.so"], 2],
        [
            "a library with a similar name",
            [...once, "7fd7521c8000-7fd75231e000 r-xp 00001000 fe:00 9 /usr/lib/libc-client.so.2007e"],
            1,
        ],
        ["musl", ["7fd7521c8000-7fd75231e000 r-xp 00014000 fe:00 9 /lib/ld-musl-x86_64.so.1"], 1],
    ];
    for (const [what, lines, count] of counts) {
        it(`C libraries: ${what} counts as ${count}`, () => {
            const map = parseMemoryMap(lines.join("\n"));
            assert.equal(countLibraries(map), count);
            assert.equal(isLinkedStatically(map), false);
        });
    }

    it("C libraries: a program without one is linked statically", () => {
        const map = parseMemoryMap("00400000-00401000 r-xp 00000000 fe:00 9 /opt/alone");
        assert.equal(isLinkedStatically(map), true);
        assert.equal(countLibraries(map), 0);
    });
});
