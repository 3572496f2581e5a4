import { sqlite } from '../../../model/database/dialect.ts';
import { asInstant, DAY_MICROS, HOUR_MICROS, type Instant, instantOfMs } from '../../../model/instant.ts';
import { AUTO } from '../../../model/time/time-format.ts';
import type { HotQuery } from '../../hot-lookup.ts';
import type { Connection } from '../connection/connection.ts';
import { rowInstantSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { one } from '../stats/age-counts.ts';
import { ageIndex } from '../survey/age-index.ts';
import {
  hotWindows,
  inIndexOrder,
  pastWindows,
  rangesOutside,
  type ValueRange,
} from '../survey/age-ranges.ts';

/** Up to here behind the end of a range, rows are known to be later. */
const LATER = 10 * 365 * DAY_MICROS;
/** How far before the newest row the newest rows are looked for before the whole table is read. */
const RECENT: readonly number[] = [HOUR_MICROS, 8 * DAY_MICROS];
/** Later times stand for none: up to 9999 there would be a range of texts for each year. */
const FAR = instantOfMs(Date.UTC(2200));
/** The newest of so many values at the end of the index; some may be no times. */
const LAST_VALUES = 100;

/** The ranges of an index on a table's time that hold every row of a time. */
export class TimeRanges {
  readonly age: { readonly index: string; readonly column: string; readonly rowid: string };
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #query: HotQuery & { readonly timeColumn: string };
  readonly #numeric: boolean;

  /** Null where no index leads to the rows of a time. */
  static of(connection: Connection, table: Table, query: HotQuery): TimeRanges | null {
    const { timeColumn } = query;
    const column = table.shape.columns.find(
      ({ name }) => timeColumn !== null && sqlite.sameName(name, timeColumn),
    );
    if (timeColumn === null || column === undefined || table.access.kind === 'key') return null;
    const index = ageIndex(connection, table, column.name);
    if (index === null) return null;
    const age = { index, column: table.column(column.name), rowid: table.access.rowid };
    return new TimeRanges(connection, table, { ...query, timeColumn }, age, !table.textual.has(column.name));
  }

  private constructor(
    connection: Connection,
    table: Table,
    query: HotQuery & { readonly timeColumn: string },
    age: TimeRanges['age'],
    numeric: boolean,
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#query = query;
    this.age = age;
    this.#numeric = numeric;
  }

  /** Every row whose time is in the range, both ends included, is in these ranges, and others may be. */
  within(since: Instant | null, until: Instant | null): ValueRange[] {
    const bounds = { numeric: this.#numeric, format: this.#query.timeFormat ?? AUTO };
    const at = (cutoff: number, ahead: number) => ({
      ...bounds,
      ...{ cutoff: asInstant(cutoff), now: asInstant(cutoff + ahead) },
    });
    const before = since === null ? [] : pastWindows(at(Math.min(since, FAR) - 1, DAY_MICROS));
    const behind = until === null ? [] : hotWindows(at(until, LATER));
    return rangesOutside(inIndexOrder(before, behind));
  }

  /** Times behind which to look for the newest rows, the latest first. */
  recent(): Instant[] {
    const { timeColumn, timeFormat } = this.#query;
    const instant = rowInstantSql(this.#table, { timeColumn, timeFormat: timeFormat ?? AUTO });
    const { index, column } = this.age;
    const newest = one(
      this.#connection,
      `SELECT max(instant) AS n FROM (SELECT ${instant} AS instant FROM ${this.#table.from} INDEXED BY ${index}
        WHERE ${column} IS NOT NULL ORDER BY ${column} DESC LIMIT ${LAST_VALUES}) WHERE instant < ${FAR}`,
    );
    return newest === null ? [] : RECENT.map((before) => asInstant(newest - before));
  }
}
