#!/usr/bin/env node
// Starts Firn with a Node.js that can run it. This file must be understood by old versions too (14 and later).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isNewEnough, refusalOf } from './needed-node.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

/** A checkout runs its TypeScript sources; an installed package has only the bundled program. */
function programFile() {
  const source = join(root, 'src', 'cli', 'entry.ts');
  return existsSync(source) ? source : join(root, 'dist', 'program', 'modules', 'entry.js');
}
/** What these commands make is mostly outside the heap: a nursery that grows would hold megabytes of nothing. It must be said before the cache is enabled, which is kept for each set of flags. */
const LONG_RUNNING = ['archive', 'job', 'run'];

function runHere() {
  if (LONG_RUNNING.some((command) => process.argv.includes(command)))
    setFlagsFromString('--semi-space-growth-factor=1');
  try {
    nodeModule.enableCompileCache();
  } catch {
    // Only start-up time is lost.
  }
  return import(pathToFileURL(programFile()).href).then((program) => program.main());
}

/** The binary of the `node` package, or of the one for this platform that it installs, in the folder of this package or in one above it. */
function bundledNode() {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = root; ; folder = dirname(folder)) {
    for (const one of ['node', platform]) {
      const binary = join(folder, 'node_modules', one, 'bin', name);
      if (existsSync(binary)) return binary;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, FIRN_LAUNCHED: '1' },
  });
  // The child decides what a signal means; until it has ended we stay, to hand its answer on.
  const forward = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
  for (const signal of signals) {
    try {
      process.on(signal, forward);
    } catch {
      // Not every platform has every signal.
    }
  }
  child.on('error', (error) => refuse(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code);
    }
    for (const name of signals) process.removeListener(name, forward);
    process.kill(process.pid, signal);
  });
}

function refuse(why) {
  process.stderr.write(`${why === undefined ? '' : `${why}\n`}${refusalOf('firn')}\n`);
  process.exit(1);
}

if (isNewEnough(process.versions.node)) {
  runHere().catch((error) => {
    process.stderr.write(`firn could not start: ${error.stack}\n`);
    process.exitCode = 1;
  });
} else {
  const node = bundledNode();
  if (node === undefined) refuse();
  else if (process.env.FIRN_LAUNCHED === '1') refuse(`The one in node_modules (${node}) is too old as well.`);
  else runWith(node);
}
