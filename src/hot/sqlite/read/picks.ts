import { DAY_MICROS, type Day, startOfDay } from '../../../model/instant.ts';
import type { UnitRange } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import type { DueKeys } from '../survey/due-keys.ts';

/** The remembered keys of one day, to be read in pieces: those behind `:after` up to `:upto`. */
export interface Picks extends Disposable {
  /** What yields the key columns of a piece, as SQL in parentheses. */
  readonly source: string;
  /** Named parameters of `source` besides `:after` and `:upto`. */
  readonly params: Readonly<Record<string, number>>;
  /** Lies before every key. */
  readonly start: number;
  /** Where a piece of this many keys ends; null when there are none behind `after`. */
  last(after: bigint | number, rows: number): bigint | null;
}

export function openPicks(
  connection: Connection,
  table: Table,
  keys: DueKeys,
  day: Day,
  units: Pick<UnitRange, 'first' | 'last'> | null,
): Picks {
  const number = startOfDay(day) / DAY_MICROS;
  if (keys.unit !== undefined) return pickUnits(connection, keys, number, units);
  if (table.access.kind === 'rowid') return pickRowids(connection, keys, number);
  return pickKeys(connection, keys, number);
}

function pickRowids({ db }: Connection, keys: DueKeys, day: number): Picks {
  const rows = `SELECT _firn_key FROM ${keys.name} WHERE _firn_day = :day AND _firn_key > :after`;
  const nth = db.prepare(`${rows} ORDER BY _firn_key LIMIT 1 OFFSET :rows - 1`);
  const greatest = db.prepare(`SELECT max(_firn_key) AS _firn_key FROM ${keys.name} WHERE _firn_day = :day`);
  for (const statement of [nth, greatest]) statement.setReadBigInts(true);
  return {
    source: `(${rows} AND _firn_key <= :upto ORDER BY _firn_key)`,
    params: { day },
    start: -1e19,
    last: (after, count) => {
      const found = (nth.get({ day, after, rows: count }) ?? greatest.get({ day })) as {
        _firn_key: bigint | null;
      };
      return found._firn_key !== null && found._firn_key > after ? found._firn_key : null;
    },
    [Symbol.dispose]: () => {},
  };
}

function pickKeys(connection: Connection, keys: DueKeys, day: number): Picks {
  return pickNumbered(connection, keys, keys.columns, `_firn_day = ${day}`);
}

function pickUnits(
  connection: Connection,
  keys: DueKeys,
  day: number,
  units: Pick<UnitRange, 'first' | 'last'> | null,
): Picks {
  const within = units === null ? '' : ` AND _firn_unit BETWEEN ${units.first} AND ${units.last}`;
  return pickNumbered(connection, keys, ['_firn_unit', ...keys.columns], `_firn_day = ${day}${within}`);
}

/** Keys of several columns are numbered first, so that a piece is a range of numbers. */
function pickNumbered(
  { db }: Connection,
  keys: DueKeys,
  picked: readonly string[],
  condition: string,
): Picks {
  const name = `${keys.name}_day`;
  const columns = picked.join(', ');
  db.exec(`DROP TABLE IF EXISTS ${name}`);
  db.prepare(
    `CREATE TABLE ${name} AS SELECT ${columns} FROM ${keys.name} WHERE ${condition} ORDER BY ${columns}`,
  ).run();
  const rows = `SELECT ${columns} FROM ${name} WHERE rowid > :after`;
  const last = db.prepare(
    `SELECT max(rowid) AS upto FROM ${name} WHERE rowid > :after AND rowid <= :after + :rows`,
  );
  last.setReadBigInts(true);
  return {
    source: `(${rows} AND rowid <= :upto ORDER BY rowid)`,
    params: {},
    start: 0,
    last: (after, count) => (last.get({ after, rows: count }) as { upto: bigint | null }).upto,
    [Symbol.dispose]: () => db.exec(`DROP TABLE ${name}`),
  };
}
