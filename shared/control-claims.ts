import {
    controlBytes,
    controlLayout,
    controlVersion,
    layerBits,
    metadataBytes,
    poolSystem,
    regionAlignment,
    regionLimit,
    stages,
    strategies,
} from "./layout.js";
import type { Layer, Strategy } from "./protocol/install.js";

type Field = keyof typeof controlLayout;
type NumberField = { [Name in Field]: (typeof controlLayout)[Name]["type"] extends "text" ? never : Name }[Field];
type TextField = Exclude<Field, NumberField>;

/** A function of the pool whose address is in its control block. */
export type PoolFunction =
    | "snapshot"
    | "set_active"
    | "reset"
    | "write_hooks"
    | "main_thread"
    | "sampler_start"
    | "sampler_read"
    | "start_resident";

/** The validated fields of a control block. */
export interface ControlClaims {
    /** In its own pid namespace; under Wine that of Windows. */
    pid: number;
    stage: keyof typeof stages;
    strategy: Strategy;
    layers: Layer[];
    regionBytes: number;
    requestedBytes: number;
    system: keyof typeof poolSystem;
    pointerBytes: 4 | 8;
    /** Process in which the resident runs; another one than `pid` in a forked child, whose resident was not started. */
    residentPid: number;
    /** Thread id of the resident in its pid namespace. Linux only. */
    wakeThread: number;
    /** File descriptor of the resident, of a pipe that wakes it; 0: it polls. Linux only. */
    wakeDescriptor: number;
    /** Whether hosts reach it by a file, too. Windows only. */
    hasMailboxFile: boolean;
    /** Id of the game's profile, or null. */
    game: string | null;
    logFile: string | null;
    /** Path of the program. */
    program: string;
    /** Addresses; empty before the pool is prepared. Whether code is there is not checked. */
    functions: ReadonlyMap<PoolFunction, number>;
}

/** What the reader of a block knows of it. */
export interface KnownOfControl {
    /** Address at which the block is; null: not known. */
    self: number | null;
    /** Process that it belongs to, as that process sees itself; null: not known. */
    pid: number | null;
}

/** Why a block is not accepted. */
export class InvalidControl extends Error {
    constructor(
        readonly code: "FOREIGN_VERSION" | "FORGED_POOL",
        message: string,
    ) {
        super(message);
    }
}

/**
 * Validates every field of a copy of a control block, which the program may have forged.
 *
 * @param block `controlBytes` bytes
 * @throws InvalidControl
 */
export function readClaims(block: DataView, known: KnownOfControl): ControlClaims {
    const read = new ControlReader(block);
    const version = read.number("version");
    if (version !== controlVersion) throw foreignVersion(version);
    const [system, pointerBytes] = [nameOf(poolSystem, read.number("system")), read.number("pointer_bytes")];
    expect(read.number("bytes") === controlBytes, "wrong length");
    expect(known.self === null || read.number("self") === known.self, "wrong address of itself");
    const pid = read.number("pid");
    expect(pid > 0 && pid < 2 ** 31 && (known.pid === null || pid === known.pid), "wrong process id");
    if (system === null || (pointerBytes !== 4 && pointerBytes !== 8)) throw forged("invalid system or pointer size");
    const regionBytes = read.number("region_bytes");
    expect(regionBytes > 0 && regionBytes <= regionLimit && regionBytes % regionAlignment === 0, "invalid region size");
    const requestedBytes = read.number("requested_bytes");
    expect(requestedBytes <= 2 ** 40, "invalid requested size");
    expect(
        read.number("metadata_bytes") === metadataBytes(regionBytes, pointerBytes),
        "metadata size does not match the region",
    );
    expect(isPlace(read.number("region_base"), regionBytes, pointerBytes), "invalid region address");
    const layers = layersOf(read.number("layers"));
    expect(read.number("active") <= 1 && layers.length > 0, "invalid state");
    const [stage, strategy] = [nameOf(stages, read.number("stage")), nameOf(strategies, read.number("strategy"))];
    if (stage === null || strategy === null) throw forged("invalid stage or strategy");
    return {
        pid,
        stage,
        strategy,
        layers,
        regionBytes,
        requestedBytes,
        system,
        pointerBytes,
        residentPid: read.number("resident_pid"),
        wakeThread: read.number("wake_thread"),
        wakeDescriptor: read.number("wake_descriptor"),
        hasMailboxFile: read.number("has_mailbox_file") !== 0,
        game: read.text("game", "id of the game") || null,
        logFile: read.text("log_file", "log path") || null,
        program: read.text("program", "path of the program"),
        functions: stage === "empty" ? new Map<PoolFunction, number>() : readFunctions(read),
    };
}

/** The error for a pool that another version of poolnv has installed. */
export function foreignVersion(version: number): InvalidControl {
    return new InvalidControl(
        "FOREIGN_VERSION",
        `the program already has a pool of format ${version}, this poolnv speaks format ${controlVersion}`,
    );
}

/** How far apart the functions of one compiled piece of C can be. */
const codeBytes = 0x40000;

/** The functions of the pool's own image, and those of others. */
const together = ["snapshot", "set_active", "reset", "sampler_start", "sampler_read"] as const;
const others = ["write_hooks", "start_resident"] as const;

function readFunctions(read: ControlReader): ReadonlyMap<PoolFunction, number> {
    const hasMainThreadQueue = read.number("main_thread") !== 0;
    const neighbours: readonly PoolFunction[] = hasMainThreadQueue ? [...together, "main_thread"] : together;
    const first = read.number("snapshot");
    expect(
        neighbours.every((name) => Math.abs(read.number(name) - first) < codeBytes),
        "its functions are too far apart",
    );
    return new Map([...neighbours, ...others].map((name) => [name, read.number(name)]));
}

/** The layers of a bit set; empty if a bit stands for no layer. */
function layersOf(bits: number): Layer[] {
    const names = (Object.keys(layerBits) as Layer[]).filter((layer) => (bits & layerBits[layer]) !== 0);
    return names.reduce((sum, layer) => sum | layerBits[layer], 0) === bits ? names : [];
}

/** Fields of a block by their names. */
class ControlReader {
    constructor(readonly block: DataView) {}

    /** Values beyond 2^53 stay larger than any bound. */
    number(field: NumberField): number {
        const { offset, type } = controlLayout[field];
        const low = this.block.getUint32(offset, true);
        return type === "u64" ? this.block.getUint32(offset + 4, true) * 2 ** 32 + low : low;
    }

    /** @param what names it in an error */
    text(field: TextField, what: string): string {
        const { offset, count } = controlLayout[field];
        const bytes = new Uint8Array(this.block.buffer, this.block.byteOffset + offset, count);
        const end = bytes.indexOf(0);
        if (end < 0) throw forged(`unterminated ${what}`);
        try {
            return utf8(bytes.subarray(0, end));
        } catch {
            throw forged(`${what} is not UTF-8`);
        }
    }
}

/** Agents have no `TextDecoder`. Throws a `URIError` for bytes that are no UTF-8. */
function utf8(bytes: Uint8Array): string {
    return decodeURIComponent([...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
}

function isPlace(address: number, bytes: number, pointerBytes: number): boolean {
    const end = pointerBytes === 4 ? 2 ** 32 : 2 ** 47;
    return address >= 0x10000 && address % regionAlignment === 0 && address + bytes <= end;
}

function nameOf<Name extends string>(numbers: Record<Name, number>, number: number): Name | null {
    return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number) ?? null;
}

function expect(holds: boolean, otherwise: string): void {
    if (!holds) throw forged(otherwise);
}

function forged(what: string): InvalidControl {
    return new InvalidControl("FORGED_POOL", `the program has a corrupt or forged pool: ${what}`);
}
