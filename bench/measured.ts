import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Nothing of the user's own settings may reach the program under test; an empty variable counts as not set. */
const UNSET = { FIRN_DB: '', FIRN_ARCHIVES: '', FIRN_CONFIG: '' };
const PEAK_MEMORY = new URL('./children/peak-memory.mjs', import.meta.url).href;

/** One whole process: how long it took, start to end, and what it printed. */
export interface Timed {
  readonly ms: number;
  readonly stdout: string;
}

/** The same, with the most memory that it held and the processor time that it took. */
export interface Measured extends Timed {
  /** Peak resident set, in bytes; of the process itself, not of its children. */
  readonly maxRss: number;
  /** Processor time of all its threads, which other work on the machine changes less than `ms`. */
  readonly processorMs: number;
}

/** Runs a command. Throws when it fails. */
export async function timed(
  [file, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const began = performance.now();
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: import.meta.dirname,
    env: { ...process.env, ...UNSET, ...env },
  });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const ms = performance.now() - began;
  const [stdout, stderr] = [await out, await err];
  if (code !== 0)
    throw new Error(`${[file, ...args].join(' ')} failed with ${code ?? signal}:\n${stderr}${stdout}`);
  return { ms, stdout };
}

/** Runs a pipeline of the shell; it fails when any part of it does. */
export async function timedShell(pipeline: string): Promise<Timed> {
  return await timed(['bash', '-o', 'pipefail', '-c', pipeline]);
}

/** Runs a command of Node (`process.execPath`, a script, arguments) and takes its memory. */
export async function measured(
  [node, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-bench-memory-'));
  try {
    const file = join(folder, 'bytes');
    const run = await timed([node, '--import', PEAK_MEMORY, ...args], { ...env, FIRN_BENCH_MEMORY: file });
    const [maxRss, micros] = readFileSync(file, 'utf8').split(' ').map(Number) as [number, number];
    return { ...run, maxRss, processorMs: micros / 1000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
