#!/usr/bin/env node
import { ownArguments, ownEnvironment } from "./process/own-command-line.js";

import { runCommandLine } from "#command-line"; // bundled: tools/bundle-host.mjs

process.exitCode = await runCommandLine(ownArguments(), {
    get stdin() {
        return process.stdin; // opened when it is first asked for
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: ownEnvironment(),
});

/** An open terminal or pipe must not keep a finished command alive; output already written is flushed first. */
process.stdin.destroy();
setTimeout(() => process.exit(), 2000).unref();
