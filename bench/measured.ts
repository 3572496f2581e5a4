import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One whole process: how long it took, the most memory it held, and what it printed. */
export interface Measured {
  readonly ms: number;
  /** Peak resident set, in bytes; of the process itself, not of its children. */
  readonly maxRss: number;
  readonly stdout: string;
}

/** Runs a TypeScript file of this folder, or the program, under GNU time. Throws when it fails. */
export async function measured(command: readonly string[]): Promise<Measured> {
  const began = performance.now();
  const child = spawn('/usr/bin/time', ['-f', '%M', '--', ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, 'close')) as [number];
  const ms = performance.now() - began;
  const [stdout, stderr] = [await out, await err];
  if (code !== 0) throw new Error(`${command.join(' ')} failed with ${code}:\n${stderr}${stdout}`);
  return { ms, maxRss: Number(stderr.trim().split('\n').at(-1)) * 1024, stdout };
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
