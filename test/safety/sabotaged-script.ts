import { installerScript } from "../../host/client/agent-scripts.js";
import type { ScriptSource } from "../../host/frida/engine.js";

/**
 * The installer script in which one call to Frida fails: the compilation of C, memory, a call of the system or of the C.
 * Which one is the number in the request `sabotage`, from 1, counted from that request on; one that is never made leaves
 * the script as it is.
 */
export function sabotagedScript(): ScriptSource {
    const { name, source } = installerScript();
    const [, size, rest] = /^(?:📦\n)(\d+) (.*)$/s.exec(source) ?? [];
    const start = source.indexOf(separator) + separator.length;
    if (size === undefined || rest === undefined || start < separator.length) throw new Error("no bundle");
    const modules = Buffer.from(source.slice(start));
    const entry = modules.subarray(0, Number(size)).toString() + sabotage;
    const bytes = Buffer.byteLength(entry);
    const table = rest.slice(0, rest.indexOf(separator));
    return {
        name,
        source: `📦\n${bytes} ${table}${separator}${entry}${modules.subarray(Number(size)).toString()}`,
    };
}

/** Every failure that {@link sabotagedScript} causes has this message: its own, or that of a refused call. */
export const sabotageMessage = /^sabotaged|^the system refused/;

/** Between the table of a bundle and its modules. */
const separator = "\n✄\n";

/** Added behind the modules have been loaded: they use Frida's globals when they are called. */
const sabotage = `
;{
    let left = -1;
    const step = (what) => { if (--left === 0) throw new Error("sabotaged: " + what); };
    const { request } = rpc.exports;
    rpc.exports.request = async (name, payload) => {
        if (name === "sabotage") {
            left = payload;
            calls.clear();
            return { ok: true, value: null };
        }
        if (name !== "prepare") left = -1; // what was prepared works
        return request(name, payload);
    };
    const memory = Memory; // its members are read-only
    const sabotagedMembers = ["alloc", "protect"];
    globalThis.Memory = new Proxy({}, {
        get: (_, name) => (...values) => {
            if (sabotagedMembers.includes(name)) step(name);
            return memory[name](...values);
        },
    });
    const repeats = 2; // of calls of one function that may fail
    const calls = new Map();
    const named = (...names) => names.map((name) => Module.findGlobalExportByName(name));
    const isOneOf = (callee, addresses) => addresses.some((address) => address !== null && callee.equals(address));
    const givingBack = named("munmap"); // what fails to be given back is kept
    const returningMinusOne = named("mprotect"); // others throw, which no function of the system does
    const sabotagedCalls = {
        apply(callee, self, values) {
            const count = calls.get(callee) ?? 0;
            calls.set(callee, count + 1);
            if (count >= repeats || isOneOf(callee, givingBack)) return callee(...values);
            try {
                step("a call");
            } catch (error) {
                if (isOneOf(callee, returningMinusOne)) return -1;
                throw error;
            }
            return callee(...values);
        },
    };
    for (const name of ["CModule", "NativeFunction", "X86Writer"]) {
        const Original = globalThis[name];
        globalThis[name] = new Proxy(Original, {
            construct(_, values) {
                step(name);
                const made = new Original(...values);
                return name === "NativeFunction" ? new Proxy(made, sabotagedCalls) : made;
            },
        });
    }
}
`;
