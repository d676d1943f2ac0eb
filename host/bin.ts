#!/usr/bin/env node
import { runCommandLine } from "#command-line"; // bundled: tools/bundle-host.mjs

process.exitCode = await runCommandLine(process.argv.slice(2), process);

/** An open terminal or pipe must not keep a finished command alive; output already written is flushed first. */
process.stdin.destroy();
setTimeout(() => process.exit(), 2000).unref();
