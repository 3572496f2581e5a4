import { existsSync } from 'node:fs';
import { FirnError } from '../../model/errors.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import type { TableFiles } from './table-files.ts';

/** The tables of a statement, by name. */
export type LaidTables = ReadonlyMap<string, TableFiles>;

interface Summary {
  readonly problems: Problem[];
  readonly unread: SearchReport['unread'];
  readonly notes: readonly string[];
  readonly reports: ReadonlyMap<string, SearchReport>;
}

/** Every file that DuckDB has to reach. */
export function pathsOf(laid: LaidTables): string[] {
  return [...laid.values()].flatMap(({ files, lake }) => [
    ...files.flatMap(({ paths }) => paths),
    ...lake.map(({ localPath }) => localPath),
  ]);
}

/** Whether no run moved a file meanwhile. */
export function isThere(laid: LaidTables): boolean {
  return pathsOf(laid).every((path) => existsSync(path));
}

/** The tables are to be laid out again: a column is text now, and the lake does not have its texts. */
export class LaidAgain extends Error {}

/** Whether an error may come of a lake file that is damaged in a place that was not compared. */
export function mayBeTheLake(laid: LaidTables, error: unknown): boolean {
  const isUsed = [...laid.values()].some(({ lake }) => lake.length > 0);
  return (
    isUsed &&
    error instanceof Error &&
    /^(IO|Invalid( Input)?|TProtocol\w*|Serialization|Internal|INTERNAL)\b.*(Error|Exception)/.test(
      error.message,
    )
  );
}

/** The note that goes with an answer without it. */
export function lakeNote(error: unknown): string {
  const [why] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `The lake could not be read (${why}). The archive files were read instead. Run: firn lake verify`;
}

/** What ended an answer after rows of it were given out. */
export function whyCut(laid: LaidTables, cause: unknown): unknown {
  const details = { operation: 'run the SQL', cause };
  if (!isThere(laid)) {
    return new FirnError('unavailable', 'a run moved archive files while their rows were given out', {
      ...{ ...details, hint: 'The result is not complete. Run the query again.' },
    });
  }
  if (!mayBeTheLake(laid, cause)) return cause;
  return new FirnError('integrity', `a file of the lake cannot be read: ${(cause as Error).message}`, {
    ...{ ...details, hint: 'The result is not complete. Run: firn lake verify' },
  });
}

/** What is missing from an answer over the tables, and what was read. */
export function summary(laid: LaidTables): Summary {
  const reports = new Map([...laid].map(([table, { report }]) => [table, report]));
  const all = [...reports.values()];
  return {
    reports,
    notes: all.flatMap(({ notes }) => notes),
    problems: all.flatMap(({ problems }) => problems),
    unread: all.flatMap(({ unread }) => unread),
  };
}
