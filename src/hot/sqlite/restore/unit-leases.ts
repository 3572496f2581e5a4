import { sqlite } from '../../../model/database/dialect.ts';
import type { Instant } from '../../../model/instant.ts';
import type { TableShape } from '../../../model/shape.ts';
import type { LeasedUnits, UnitsEnded } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteText } from '../connection/quote.ts';
import { hasLeases, leaseFinder, leaseKeySql } from '../ledger/leases.ts';
import { type LeaseJudge, leaseJudge } from '../read/leased-row.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { lastRowCheck } from '../sql/last-id.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { requireNoSideEffects } from '../sql/trigger-effects.ts';
import { keySql } from '../survey/due-keys.ts';
import type { LeasePlaces } from './lease-places.ts';
import { allRows, createUnitRows, findUnits, joined, type UnitRows } from './unit-rows.ts';

/** What becomes of the lease of a row because of its unit. stay: its row stays, so its line is to be taken out. wait: nothing yet. */
export type UnitVerdict = 'stay' | 'wait';

const VERDICTS = 'temp._firn_lease_verdicts';

/** Ends the leases of units as a whole: all rows of a unit are deleted in one transaction, or all stay. One family of tables at a time. */
export interface UnitLeases extends LeasedUnits {
  /** Null for a table whose leases end row by row. In a family a lease that nothing is known about waits. */
  verdictOf(table: string, key: string): UnitVerdict | null;
  /** The condition that a lease does not wait, as SQL over `_firn_leases`. */
  notWaiting(): string;
}

/**
 * @param write runs a write transaction.
 * @param refused the error that says that SQLite did not delete all rows.
 */
export function unitLeases(
  connection: Connection,
  places: LeasePlaces,
  write: <T>(operation: string, action: () => T) => Promise<T>,
  refused: (table: string) => Error,
): UnitLeases {
  const { db } = connection;
  const dataVersion = db.prepare('PRAGMA data_version');
  const version = (): number => (dataVersion.get() as { data_version: number }).data_version;
  let family: UnitRows[] = [];
  let [asOf, upto, isJudged] = [0, 0, false];
  const rowsOf = (table: string) =>
    family.find((own) => sqlite.sameName(own.table.shape.table, table)) ?? null;
  const decide = (units: string, verdict: UnitVerdict): void => {
    for (const { name, table } of family)
      db.exec(
        `INSERT OR IGNORE INTO ${VERDICTS} SELECT ${quoteText(table.shape.table)}, lease, '${verdict}' FROM ${name} WHERE unit IN (${units})`,
      );
    db.exec(`INSERT OR IGNORE INTO temp._firn_decided_units ${units}`);
  };

  /** Which units wait, and which stay. The others end. */
  function judge(now: Instant, unread: readonly string[]): void {
    findUnits(connection, family);
    const leases = (table: Table, name: string): string =>
      `SELECT unit FROM ${name} JOIN main._firn_leases AS _firn_l ON _firn_l."table" = ${quoteText(table.shape.table)} AND _firn_l.key = lease WHERE line IS NULL`;
    const names = unread.map(quoteText).join(', ');
    for (const { table, name } of family)
      decide(`${leases(table, name)} AND (until > ${now} OR (NOT noted AND segment IN (${names})))`, 'wait');
    const rest = 'unit NOT IN (SELECT unit FROM temp._firn_decided_units)';
    for (const { name } of family) decide(`SELECT unit FROM ${name} WHERE line IS NULL AND ${rest}`, 'stay');
  }

  /** The next units that end, and so many rows as they have at least; null when there are no more. */
  function nextUnits(limit: number): { readonly first: number; readonly last: number } | null {
    const sizes = db
      .prepare(
        `SELECT unit, count(*) AS n FROM (${allRows(family)}) WHERE unit > ? AND unit NOT IN (SELECT unit FROM temp._firn_decided_units) GROUP BY unit ORDER BY unit`,
      )
      .iterate(upto) as Iterable<{ unit: number; n: number }>;
    const first = upto + 1;
    let [last, rows] = [0, 0];
    for (const { unit, n } of sizes) {
      [last, rows] = [unit, rows + n];
      if (rows >= limit) break;
    }
    upto = last;
    return last === 0 ? null : { first, last };
  }

  /** Whether rows read as they did when they were judged, and no row came to their units since. */
  function isUnchanged(units: string, now: Instant): boolean {
    for (const own of family) {
      const { table, name, columns } = own;
      const leasesOf = leaseFinder(connection, table.shape.table);
      const isLast = lastRowCheck(connection, table);
      const judges = new Map<string, LeaseJudge>();
      const judgeOf = (time: string): LeaseJudge => {
        const own = judges.get(time) ?? leaseJudge(connection, table, time);
        judges.set(time, own);
        return own;
      };
      const rows = db.prepare(`SELECT line, lease, time, ${columns[0]} AS k FROM ${name} WHERE ${units}`);
      rows.setReadBigInts(true);
      for (const { line, lease, time, k } of rows.iterate() as Iterable<{
        line: Uint8Array;
        lease: string;
        time: string;
        k: unknown;
      }>) {
        const found = leasesOf(line).find(({ key, until }) => key === lease && until <= now);
        const { found: standing, at } =
          found === undefined ? { found: 'gone', at: null } : judgeOf(time)(line, found);
        if (standing !== 'same' || at === null || isLast(at)) return false;
        if (table.access.kind === 'rowid' && BigInt(at.params[0] as bigint) !== k) return false;
      }
      const parent = rowsOf(table.shape.timeOf?.table ?? '');
      if (parent === null) continue;
      const known = `SELECT 1 FROM ${name} AS _firn_known WHERE ${columns.map((column, at) => `_firn_known.${column} = ${keySql(table)[at]}`).join(' AND ')}`;
      const added = db.prepare(
        `SELECT 1 FROM ${joined(parent, own, 'down')} WHERE _firn_of.${units} AND NOT EXISTS (${known}) LIMIT 1`,
      );
      if (added.get() !== undefined) return false;
    }
    return true;
  }

  function remove(units: string): UnitsEnded['deleted'] {
    const deleted: { table: string; segment: string; rows: number }[] = [];
    for (const { table, name, columns } of [...family].reverse()) {
      requireNoSideEffects(connection, table);
      const own = quoteText(table.shape.table);
      const counts = db
        .prepare(
          `SELECT segment, count(*) AS rows FROM ${name} JOIN main._firn_leases ON "table" = ${own} AND key = lease WHERE ${units} GROUP BY 1`,
        )
        .all() as { segment: string; rows: number }[];
      const { changes } = db
        .prepare(
          `DELETE FROM ${table.from} WHERE (${keySql(table).join(', ')}) IN (SELECT ${columns.join(', ')} FROM ${name} WHERE ${units})`,
        )
        .run();
      if (Number(changes) !== counts.reduce((sum, { rows }) => sum + rows, 0))
        throw refused(table.shape.table);
      db.exec(
        `DELETE FROM main._firn_leases WHERE "table" = ${own} AND key IN (SELECT lease FROM ${name} WHERE ${units})`,
      );
      deleted.push(...counts.map((count) => ({ table: table.shape.table, ...count })));
    }
    return deleted;
  }

  return {
    beginUnits: async (shapes) => {
      [asOf, upto, isJudged] = [version(), 0, false];
      db.exec(`DROP TABLE IF EXISTS ${VERDICTS}; DROP TABLE IF EXISTS temp._firn_decided_units`);
      db.exec(`CREATE TABLE ${VERDICTS} ("table" TEXT, key TEXT, verdict TEXT, PRIMARY KEY ("table", key)) WITHOUT ROWID;
        CREATE TABLE temp._firn_decided_units (unit INTEGER PRIMARY KEY)`);
      family = shapes.map((shape, at) => createUnitRows(connection, tableOf(connection, shape), at));
    },

    noteUnits: (shape: TableShape, timeColumn, now, lines) =>
      places.within(
        `find leases of ${shape.table}`,
        () => tableOf(connection, shape),
        (table) => {
          if (!hasLeases(connection)) return;
          const { name, columns } = rowsOf(shape.table)!;
          const leasesOf = leaseFinder(connection, shape.table);
          const judgeRow = leaseJudge(connection, table, timeColumn);
          const isLast = lastRowCheck(connection, table);
          for (const line of lines) {
            for (const lease of leasesOf(line)) {
              if (lease.until > now) continue;
              const { found, at } = judgeRow(line, lease);
              if (found === 'other' || found === 'gone') places.requireLost(shape.table, lease);
              if (at === null || found === 'other' || found === 'gone') continue;
              const ends = found === 'same' && !isLast(at);
              db.prepare(
                `INSERT OR REPLACE INTO ${name} (${columns.join(', ')}, lease, time, line, noted)
              SELECT ${keySql(table).join(', ')}, ${leaseKeySql(table)}, ?, ?, 1 FROM ${table.from} WHERE ${at.condition}`,
              ).run(timeColumn, ends ? line : null, ...at.params);
            }
          }
        },
      ),

    endUnits: async (now, unread, limit) => {
      if (!hasLeases(connection)) return { deleted: [], more: false };
      if (!isJudged) judge(now, unread);
      isJudged = true;
      const next = nextUnits(limit);
      if (next === null) return { deleted: [], more: false };
      const units = `unit BETWEEN ${next.first} AND ${next.last} AND unit NOT IN (SELECT unit FROM temp._firn_decided_units)`;
      const deleted = await write('end leases of units', () => {
        if (version() === asOf || isUnchanged(units, now)) return remove(units);
        // What changed just now is judged by the next run.
        decide(`SELECT DISTINCT unit FROM (${allRows(family)}) WHERE ${units}`, 'wait');
        return [];
      });
      return { deleted, more: true };
    },

    verdictOf: (table, key) => {
      if (rowsOf(table) === null) return null;
      const found = db
        .prepare(`SELECT verdict FROM ${VERDICTS} WHERE "table" = ? AND key = ?`)
        .get(table, key);
      if (found !== undefined) return found.verdict as UnitVerdict;
      db.prepare(`INSERT INTO ${VERDICTS} VALUES (?, ?, 'wait')`).run(table, key);
      return 'wait';
    },

    notWaiting: () =>
      family.length === 0
        ? '1'
        : `NOT EXISTS (SELECT 1 FROM ${VERDICTS} AS _firn_v WHERE _firn_v."table" = _firn_leases."table" AND _firn_v.key = _firn_leases.key AND verdict = 'wait')`,
  };
}
