import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToolUses } from '../src/demo/tool-uses.ts';

const FOLDER = join(tmpdir(), 'firn-bench');
const DAY_MS = 86_400_000;

/** Days of data: with a hot time of seven days, 33 of 40 are due. */
export const DAYS = 40;

/** A database of tool uses that ends now, made once a day and size; callers work on copies. */
export function toolUses(rows: number): string {
  mkdirSync(FOLDER, { recursive: true });
  const today = Math.floor(Date.now() / DAY_MS);
  const path = join(FOLDER, `tool-uses-${rows}-${today}.db`);
  if (!existsSync(path)) {
    const unfinished = `${path}.unfinished`;
    rmSync(unfinished, { force: true });
    createToolUses(unfinished, { rows, days: DAYS, now: Date.now() * 1000, seed: 1 });
    renameSync(unfinished, path);
  }
  return path;
}

/** A fresh folder holding a copy of the database as `bench.db`. */
export function workspace(
  source: string,
): { readonly folder: string; readonly database: string } & Disposable {
  const folder = join(FOLDER, `work-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const database = join(folder, 'bench.db');
  copyFileSync(source, database);
  return { folder, database, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Text of the cutoff that leaves the last seven days hot, as tool uses compare. */
export function cutoffText(): string {
  return new Date(Date.now() - 7 * DAY_MS).toISOString();
}
