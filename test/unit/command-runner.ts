import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Services } from "../../host/cli/context.js";
import { runCommandLine } from "../../host/cli/run.js";
import type { LaunchOptions } from "../../host/client/launch.js";
import { fakeClient, FakeTransport } from "./fake-transport.js";

/** What a command line left behind. */
export interface Outcome {
    code: number;
    stdout: string;
    stderr: string;
    transport: FakeTransport;
    /** Calls of the services, in order. */
    calls: { name: string; target?: string | number; args?: string[]; options?: LaunchOptions }[];
}

/** Runs a command line through the real parser, with a client that has no process. */
export async function run(
    argv: string[],
    {
        input = "",
        env = {},
        services = {},
    }: { input?: string; env?: NodeJS.ProcessEnv; services?: Partial<Services> } = {},
): Promise<Outcome> {
    const transport = new FakeTransport();
    const client = fakeClient(transport);
    const calls: Outcome["calls"] = [];
    const fakes: Services = {
        attach: async (target, options) => (calls.push({ name: "attach", target, options }), client),
        connect: async (target, options) => (calls.push({ name: "connect", target, options }), client),
        launch: async (target, args, options) => (calls.push({ name: "launch", target, args, options }), client),
        setupEngine: async (choice, report) => {
            calls.push({ name: "setupEngine", target: choice });
            report("preparing");
            return [{ engine: "python", path: "/somewhere", version: "17.26.2", changed: true }];
        },
        findConfigFile: () => null,
        waitForProgram: async (target) => (calls.push({ name: "waitForProgram", target }), 4711),
    };
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const captured = Promise.all([text(stdout), text(stderr)]);
    const io = { stdin: Readable.from([input]), stdout, stderr, env };
    const code = await runCommandLine(argv, io, { ...fakes, ...services });
    stdout.end();
    stderr.end();
    const [out, err] = await captured;
    return { code, stdout: out, stderr: err, transport, calls };
}
