import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './benchmark.ts';
import { cutoffText, type Workspace } from './fixtures.ts';
import { type Measured, measured } from './measured.ts';

const BARE_DELETE = fileURLToPath(new URL('./yardsticks/bare-delete.ts', import.meta.url));
const STRAIGHT_LOOP = fileURLToPath(new URL('./yardsticks/straight-loop.ts', import.meta.url));

/** Runs one of the programs that Firn is held against, on the tool uses that are due. */
export async function yardstick(
  name: 'bare DELETE' | 'straight loop',
  work: Workspace,
): Promise<Measured & { readonly rows: number }> {
  const args = [work.database, 'tool_uses', 'start_time', cutoffText(), join(work.folder, 'out.jsonl.gz')];
  const run = await measured([
    process.execPath,
    name === 'bare DELETE' ? BARE_DELETE : STRAIGHT_LOOP,
    ...args,
  ]);
  return { ...run, rows: Number(run.stdout) };
}

/** Says so when two contenders did not have the same to do, beyond what came due meanwhile or is still open. */
export function sameWork(
  what: string,
  rows: number,
  others: number,
  { warn }: Pick<BenchOptions, 'warn'>,
): void {
  if (Math.abs(rows - others) > 20 + others * 0.005)
    warn(`${what}: ${rows} rows against ${others}: not the same work`);
}
