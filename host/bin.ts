#!/usr/bin/env node
import { runCommandLine } from "./cli/run.js";

process.exitCode = await runCommandLine(process.argv.slice(2), process);

/** A terminal or pipe that is still open must not keep a finished command; output already written is flushed first. */
process.stdin.destroy();
setTimeout(() => process.exit(), 2000).unref();
