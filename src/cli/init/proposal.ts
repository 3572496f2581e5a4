import type { Column, TableShape } from '../../model/shape.ts';

/** How an unmanaged table could be managed. */
export interface Proposal {
  readonly table: string;
  readonly timeColumn: string;
  readonly lookupKeys: readonly string[];
}

/** Names that say when a row came to be, the most telling first. */
const TELLING = [
  'timestamp',
  'created_at',
  'createdat',
  'created',
  'start_time',
  'started_at',
  'event_time',
  'occurred_at',
  'logged_at',
  'inserted_at',
  'time',
  'ts',
  'date',
];
const LIKELY_NAME = /(^|_)(time|timestamp|at|date|ts)$|[a-z](At|Time|Date)$/;
const TIME_TYPE = /date|time/i;
const MOST_LOOKUP_KEYS = 6;

/** What could be said of a table in the configuration; null when nothing in it looks like a time. */
export function proposalFor({ table, columns, primaryKey }: TableShape): Proposal | null {
  const timeColumn = guessTimeColumn(columns);
  if (timeColumn === null) return null;
  const lookupKeys = columns
    .map(({ name }) => name)
    .filter((name) => /_id$|[a-z]Id$/.test(name) && !primaryKey.includes(name))
    .slice(0, MOST_LOOKUP_KEYS);
  return { table, timeColumn, lookupKeys };
}

/** The column a row's age probably counts from: by its name, then by its declared type. */
export function guessTimeColumn(columns: readonly Column[]): string | null {
  const byName = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const telling = TELLING.find((name) => byName.has(name));
  if (telling !== undefined) return byName.get(telling) ?? null;
  const likely = columns.find(
    ({ name }) => LIKELY_NAME.test(name) && !/^(updated|modified|deleted|ended)/i.test(name),
  );
  return (likely ?? columns.find(({ type }) => TIME_TYPE.test(type)))?.name ?? null;
}
