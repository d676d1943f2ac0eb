/** The agent of the benchmark: hooks in ways that the pool itself does not, so that they can be compared with it. */
import type { AgentExports } from "../../../shared/protocol/requests.js";
import { directTarget } from "../../../agent/install/instructions.js";
import { replyTo } from "../../../agent/refusal.js";
import type { BenchRequests } from "./protocol.js";

type Handlers = {
    [Name in keyof BenchRequests]: (payload: BenchRequests[Name]["request"]) => BenchRequests[Name]["response"];
};

const handlers: Handlers = { emptyFloor, replaceThrough };

const agent: AgentExports = {
    request: (name, payload) =>
        replyTo(() => {
            const handler = (handlers as Record<string, ((payload: never) => unknown) | undefined>)[name];
            if (handler === undefined) throw new Error(`the benchmark's agent knows no request "${name}"`);
            return handler(payload as never);
        }),
};

rpc.exports = { request: agent.request };

/** Whatever must live as long as the hooks do. */
const kept: unknown[] = [];

/** Larger than any block of a workload: every one is at the same place. */
const SCRATCH_BYTES = 0x80000;

function emptyFloor(addresses: BenchRequests["emptyFloor"]["request"]): null {
    const scratch = Memory.alloc(SCRATCH_BYTES);
    const empty = new CModule(
        `void *empty_malloc(unsigned long size) { return (void *)${scratch.toString()}; }
         void empty_free(void *block) {}
         void *empty_realloc(void *block, unsigned long size) { return (void *)${scratch.toString()}; }`,
        {},
        { toolchain: "internal" },
    ) as unknown as Record<string, NativePointer>;
    for (const [name, address] of Object.entries(addresses))
        Interceptor.replaceFast(ptr(address), empty[`empty_${name}`]!);
    Interceptor.flush();
    kept.push(scratch, empty);
    return null;
}

/** The functions that the program calls begin with the pool's jump by now. Where it leads goes behind the interceptor. */
function replaceThrough(): string[] {
    const led: string[] = [];
    for (const name of ["malloc", "free", "realloc"]) {
        const address = findRuntimeFunction(name);
        const jump = Instruction.parse(address) as X86Instruction;
        const landing = jump.mnemonic === "jmp" ? directTarget(jump) : null;
        if (landing === null) continue;
        Interceptor.replace(address, landing);
        led.push(name);
    }
    Interceptor.flush();
    return led;
}

function findRuntimeFunction(name: string): NativePointer {
    return Process.platform === "windows"
        ? Process.getModuleByName("msvcrt.dll").getExportByName(name)
        : Module.getGlobalExportByName(name);
}
