import type { ScriptSource } from "../../../host/frida/engine.js";

/** The agent leaves marks in the program's environment, which outlives every script and exists on every system. */
const environment = `
    const windows = Process.platform === "windows";
    const library = windows ? Process.getModuleByName("kernel32.dll") : Process.getModuleByName("libc.so.6");
    const convention = windows && Process.pointerSize === 4 ? "stdcall" : "default";
    const text = (value) => Memory.allocUtf8String(value);
    function setVariable(name, value) {
        if (windows) new NativeFunction(library.getExportByName("SetEnvironmentVariableA"), "int",
            ["pointer", "pointer"], convention)(text(name), text(value));
        else new NativeFunction(library.getExportByName("setenv"), "int", ["pointer", "pointer", "int"])(
            text(name), text(value), 1);
    }
    function variable(name) {
        if (!windows) {
            const value = new NativeFunction(library.getExportByName("getenv"), "pointer", ["pointer"])(text(name));
            return value.isNull() ? null : value.readUtf8String();
        }
        const buffer = Memory.alloc(256);
        const length = new NativeFunction(library.getExportByName("GetEnvironmentVariableA"), "uint32",
            ["pointer", "pointer", "uint32"], convention)(text(name), buffer, 256);
        return length === 0 ? null : buffer.readUtf8String(length);
    }
    function serve(requests) {
        rpc.exports = {
            request(name, payload) {
                try {
                    return { ok: true, value: requests[name](payload) };
                } catch (error) {
                    return { ok: false, error: { code: error.code ?? "INTERNAL", message: error.message } };
                }
            },
        };
    }
`;

/** Answers, refuses, answers late, and reports what an earlier one has marked. */
export const sessionAgent: ScriptSource = {
    name: "session",
    source: `${environment}
    serve({
        echo: (payload) => payload,
        measure: (payload) => payload.length,
        repeat: ({ text, times }) => text.repeat(times),
        refuse: (message) => { throw Object.assign(new Error(message), { code: "NO_ROOM" }); },
        answerLate: (seconds) => { Thread.sleep(seconds); return "late"; },
        mark: (value) => { setVariable("POOLNV_TEST_MARK", value); return value; },
        readMark: () => variable("POOLNV_TEST_MARK"),
    });
`,
};

/** Leaves a mapped file with the name of an agent in a Linux program, as an agent does that does not unload. */
export const stayingAgent: ScriptSource = {
    name: "staying",
    source: `
    const library = Process.getModuleByName("libc.so.6");
    const call = (name, result, types) => new NativeFunction(library.getExportByName(name), result, types);
    rpc.exports = {
        request() {
            const file = call("memfd_create", "int", ["pointer", "uint"])(Memory.allocUtf8String("frida-agent-64.so"), 0);
            call("ftruncate", "int", ["int", "size_t"])(file, 4096);
            const read = 1, shared = 1;
            const types = ["pointer", "size_t", "int", "int", "int", "size_t"];
            call("mmap", "pointer", types)(NULL, 4096, read, shared, file, 0);
            return { ok: true, value: null };
        },
    };
`,
};

/** Sends, logs, and throws outside of a request. */
export const talkingAgent: ScriptSource = {
    name: "talking",
    source: `
    rpc.exports = {
        request(name, payload) {
            if (name === "flood") for (let n = 0; n < payload; n++) send("x".repeat(5000));
            if (name === "talk") {
                send({ one: 1 });
                console.log("logged");
                setTimeout(() => { throw new Error("fault 4711"); }, 0);
            }
            return { ok: true, value: null };
        },
    };
`,
};

/** Answers what it is asked to. */
export const forgingAgent: ScriptSource = {
    name: "forging",
    source: `
    rpc.exports = {
        request(name, payload) {
            if (name === "fail") throw Object.assign(new Error("forged"), payload);
            return payload;
        },
    };
`,
};
