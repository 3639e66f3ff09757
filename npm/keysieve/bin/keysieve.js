#!/usr/bin/env node
// Starts the binary of this platform's package, which npm has chosen by its `os` and `cpu`. Nothing is downloaded.
"use strict";
const { spawnSync } = require("child_process");
const { constants } = require("os");

const name = `@keysieve/${process.platform}-${process.arch}`;
let binary;
try {
  binary = require.resolve(`${name}/keysieve`);
} catch {
  console.error(`keysieve: the package ${name} is not installed. Were optional dependencies left out ` +
    "(npm install --omit=optional), or is there no build for this platform? See https://github.com/keysieve/keysieve");
  process.exit(2);
}
const run = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`keysieve: ${binary}: ${run.error.message}`);
  process.exit(2);
}
// A scan that a signal ended is not clean: the shell's way of saying so.
process.exit(run.status === null ? 128 + (constants.signals[run.signal] || 0) : run.status);
