import assert from "node:assert/strict";
import type { UserErrorCode } from "../../../host/errors.js";
import { poolnv, type Run } from "../../fixtures/support/poolnv.js";

/** The error that a failing command line must print. */
export interface ExpectedError {
    exitCode: number;
    code: UserErrorCode;
    /** What happened. */
    message: RegExp;
    /** What to do. */
    resolution: RegExp;
}

/** Runs a command line without and with --json, and checks the error that each prints. */
export async function assertFails(
    args: string[],
    expected: ExpectedError,
    env: Record<string, string> = {},
): Promise<void> {
    assertErrorText(await poolnv(args, { env }), expected);
    assertErrorDocument(await poolnv([args[0]!, "--json", ...args.slice(1)], { env }), expected);
}

/** Two lines at the end of standard error, and nothing on standard output. */
export function assertErrorText({ code, stdout, stderr }: Run, expected: ExpectedError): void {
    assert.equal(code, expected.exitCode, stderr);
    assert.equal(stdout, "");
    const [message = "", resolution = ""] = stderr.split("\n").slice(-2);
    assert.match(message, /^error: \S/);
    assert.match(message, expected.message);
    assert.match(resolution, /^ {2}\S/);
    assert.match(resolution, expected.resolution);
}

/** One JSON document on standard output, and no error on standard error. */
export function assertErrorDocument({ code, stdout, stderr }: Run, expected: ExpectedError): void {
    assert.equal(code, expected.exitCode, stdout + stderr);
    const { error, ...rest } = JSON.parse(stdout) as { error: { code: string; message: string; resolution: string } };
    assert.deepEqual(rest, {});
    assert.deepEqual(Object.keys(error), ["code", "message", "resolution"]);
    assert.equal(error.code, expected.code);
    assert.match(error.message, expected.message);
    assert.match(error.resolution, expected.resolution);
    assert.doesNotMatch(stderr, /error:/);
}
