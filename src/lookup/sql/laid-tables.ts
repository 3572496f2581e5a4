import { existsSync } from 'node:fs';
import { FirnError } from '../../model/errors.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import type { TableFiles } from './table-files.ts';

/** The tables of a statement, by name. */
export type LaidTables = ReadonlyMap<string, TableFiles>;

interface Summary {
  readonly problems: Problem[];
  readonly unread: SearchReport['unread'];
  readonly reports: ReadonlyMap<string, SearchReport>;
}

/** Every file that DuckDB has to reach. */
export function pathsOf(laid: LaidTables): string[] {
  return [...laid.values()].flatMap(({ files }) => files.flatMap(({ paths }) => paths));
}

/** Whether no run moved a file meanwhile. */
export function isThere(laid: LaidTables): boolean {
  return pathsOf(laid).every((path) => existsSync(path));
}

export function movedMeanwhile(cause: unknown): FirnError {
  return new FirnError('unavailable', 'a run moved archive files while their rows were given out', {
    ...{ operation: 'run the SQL', hint: 'The result is not complete. Run the query again.', cause },
  });
}

/** What is missing from an answer over the tables, and what was read. */
export function summary(laid: LaidTables): Summary {
  const reports = new Map([...laid].map(([table, { report }]) => [table, report]));
  const all = [...reports.values()];
  return {
    reports,
    problems: all.flatMap(({ problems }) => problems),
    unread: all.flatMap(({ unread }) => unread),
  };
}
