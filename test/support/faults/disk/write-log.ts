import { readFileSync } from 'node:fs';
import type { Cells } from '../cells.ts';
import type { RowBook } from '../rows/row-book.ts';

/**
 * A line of a writer's log. `begin` is written before a commit, `done` after it returned: so a `begin` without `done`
 * may or may not have been committed, and everything else is certain.
 */
export type LogLine =
  | {
      readonly begin: number;
      readonly key: string;
      readonly cells: Cells;
      readonly change: 'insert' | 'update';
    }
  | { readonly done: number; readonly ms: number }
  /** An update that found no row: it has been archived. */
  | { readonly missed: number; readonly ms: number }
  /** The database stayed locked. */
  | { readonly busy: number; readonly ms: number };

/** What writers were told, in numbers. */
export interface WriteTally {
  readonly inserted: number;
  readonly updated: number;
  readonly missed: number;
  readonly busy: number;
  /** How long each write took, in milliseconds, ascending. */
  readonly waits: readonly number[];
}

/** Enters a writer's log into the book: what was acknowledged must be found, what was only begun may be. */
export function enterLog(book: RowBook, table: string, logPath: string): WriteTally {
  const lines = readLog(logPath);
  const done = new Set(lines.flatMap((line) => ('done' in line ? [line.done] : [])));
  const tally = { inserted: 0, updated: 0, missed: 0, busy: 0 };
  const waits: number[] = [];
  for (const line of lines) {
    if ('ms' in line) waits.push(line.ms);
    if ('missed' in line) tally.missed++;
    if ('busy' in line) tally.busy++;
    if (!('begin' in line)) continue;
    if (!done.has(line.begin)) {
      book.attempted(table, line.key, line.cells);
      continue;
    }
    book.stored(table, line.key, line.cells);
    tally[line.change === 'insert' ? 'inserted' : 'updated']++;
  }
  return { ...tally, waits: waits.sort((a, b) => a - b) };
}

/** A killed writer may leave half a line at the end. */
function readLog(path: string): LogLine[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LogLine);
}
