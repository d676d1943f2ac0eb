import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type InvalidControl, type KnownOfControl, readClaims } from "../../../shared/control-claims.js";
import { controlLayout } from "../../../shared/layout.js";
import { validControl } from "./valid-control.js";

type Field = keyof typeof controlLayout;

const here: KnownOfControl = { self: 0x1234_0000, pid: 4711 };

function read(block: Buffer, known = here) {
    return readClaims(new DataView(block.buffer, block.byteOffset, block.length), known);
}

function withField(field: Field, value: number): Buffer {
    return validControl((block) => {
        const { offset, type } = controlLayout[field];
        if (type === "u64") block.writeBigUInt64LE(BigInt(value), offset);
        else block.writeUInt32LE(value, offset);
    });
}

function withText(field: Field, bytes: Buffer): Buffer {
    return validControl((block) => void bytes.copy(block, controlLayout[field].offset));
}

describe("claims of a control block", () => {
    it("claims: every field of a valid block is read", () => {
        const { functions, ...claims } = read(validControl());
        assert.equal(functions.get("start_resident"), 0x70_0000);
        assert.equal(claims.residentPid, 4711);
        assert.equal(claims.system, "windows");
        assert.equal(claims.game, "falloutnv-1.4.0.525");
        assert.equal(read(withField("main_thread", 0)).functions.has("main_thread"), false);
        assert.equal(read(withField("log_file", 0)).logFile, null);
    });

    it("claims: a block at another address, or of another process, is refused only if that is known", () => {
        for (const known of [
            { ...here, self: 0x9999_0000 },
            { ...here, pid: 1 },
        ]) {
            assert.throws(() => read(validControl(), known), { code: "FORGED_POOL" });
        }
        assert.equal(read(validControl(), { self: null, pid: null }).pid, 4711);
    });

    for (const [field, value] of [
        ["bytes", 1840],
        ["pid", 0],
        ["pid", 2 ** 31],
        ["stage", 4],
        ["strategy", 2],
        ["active", 2],
        ["layers", 0],
        ["layers", 8],
        ["system", 0],
        ["system", 3],
        ["pointer_bytes", 5],
        ["pointer_bytes", 8],
        ["region_bytes", 0],
        ["region_bytes", 0x1000_1000],
        ["region_bytes", 2 ** 40],
        ["region_base", 0x1000],
        ["region_base", 0x2000_1000],
        ["region_base", 0xffff_0000],
        ["requested_bytes", 2 ** 41],
        ["metadata_bytes", 4096],
        ["reset", 0x100_0000],
        ["main_thread", 0x4000_0000],
    ] as const) {
        it(`claims: ${field} = 0x${value.toString(16)} is refused`, () =>
            assert.throws(() => read(withField(field, value)), { code: "FORGED_POOL" }));
    }

    for (const field of ["game", "log_file", "program"] as const) {
        it(`claims: a text of ${field} without its end, or that is no UTF-8, is refused`, () => {
            const endless = Buffer.alloc(controlLayout[field].count, "a");
            for (const bytes of [endless, Buffer.from([0xff, 0xfe, 0]), Buffer.from([0xc3, 0])]) {
                assert.throws(() => read(withText(field, bytes)), { code: "FORGED_POOL" });
            }
        });
    }

    it("claims: another format is no forgery", () => {
        assert.throws(
            () => read(withField("version", 5)),
            ({ code, message }: InvalidControl) => code === "FOREIGN_VERSION" && /format 5, .*format 6/.test(message),
        );
    });
});
