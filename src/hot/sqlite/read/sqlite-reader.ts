import { realpathSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { sqlite } from '../../../model/database/dialect.ts';
import { FirnError } from '../../../model/errors.ts';
import type { TableShape } from '../../../model/shape.ts';
import type { HotReader } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { databaseFile } from '../connection/database-file.ts';
import { asFirnError, guard } from '../connection/sqlite-error.ts';
import { hasLeases, leasedSql, leaseFinder } from '../ledger/leases.ts';
import { sqliteLedgerReader } from '../ledger/sqlite-ledger.ts';
import { listForeignKeys } from '../sql/foreign-keys.ts';
import { introspect, listTables, listViews, shapedAs } from '../sql/introspect.ts';
import { keylessSql } from '../sql/keyless-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { sideEffectsOf } from '../sql/trigger-effects.ts';
import { surveyBound } from '../survey/bound-tables-survey.ts';
import { countDangling } from '../survey/dangling-count.ts';
import { createDueKeys, type DueKeys, dropDueKeys } from '../survey/due-keys.ts';
import { surveyTable } from '../survey/due-survey.ts';
import { unitRanges } from '../survey/unit-ranges.ts';
import { readBlocks } from './blocks.ts';
import { countRows, readKeys } from './key-lines.ts';
import { parentlessCheck } from './parentless.ts';
import { presenceChecks } from './presence.ts';
import { rowsInSpan } from './rows-in-span.ts';
import { standingAsCheck, standingCheck } from './standing.ts';

/** The reading side of a connection, which it closes in the end. */
export function sqliteReader(connection: Connection): HotReader {
  const { db, path } = connection;
  const surveys = new Map<string, DueKeys>();
  let presence: ReturnType<typeof presenceChecks> | undefined;
  let serial = 0;

  return {
    location: realpathSync(path),
    dialect: sqlite,
    ledger: sqliteLedgerReader(connection),

    tables: async () => guard('list the tables', path, () => listTables(connection)),

    views: async () => guard('list the views', path, () => listViews(connection)),

    shape: async (name) =>
      guard('read the schema of a table', path, () => introspect(connection, name)?.shape ?? null),

    usedBytes: async () =>
      guard('read the size of the database', path, () => {
        const { pages, freePages, pageBytes } = databaseFile(connection);
        return (pages - freePages) * pageBytes;
      }),

    sideEffects: async (shape) =>
      guard(`read the triggers of ${shape.table}`, path, () =>
        sideEffectsOf(connection, tableOf(connection, shape)),
      ),

    survey: async (shape, rule, ends) => {
      try {
        const table = tableOf(connection, shape);
        const old = surveys.get(sqlite.foldName(shape.table));
        if (old !== undefined) dropDueKeys(connection, old);
        const keys = createDueKeys(connection, table, serial++);
        surveys.set(sqlite.foldName(shape.table), keys);
        return await surveyTable(connection, table, rule, keys, ends);
      } catch (error) {
        throw asFirnError(error, `find rows of ${shape.table} to archive`, path);
      }
    },

    references: async (of) =>
      guard('read the foreign keys', path, () =>
        listForeignKeys(connection, of).filter(({ exists }) => exists),
      ),

    surveyBound: async (bound) => {
      try {
        const remember = (name: string, keys: DueKeys): void => {
          const old = surveys.get(sqlite.foldName(name));
          if (old !== undefined) dropDueKeys(connection, old);
          surveys.set(sqlite.foldName(name), keys);
        };
        const current = (shape: TableShape): Table => tableOf(connection, shape);
        return await surveyBound(connection, bound, current, () => serial++, remember);
      } catch (error) {
        throw asFirnError(error, 'find rows to archive', path);
      }
    },

    dangling: async (reference) => {
      try {
        const keysOf = (name: string): DueKeys | null => surveys.get(sqlite.foldName(name)) ?? null;
        const [from, to] = [
          introspect(connection, reference.table),
          introspect(connection, reference.parent),
        ];
        const keys = keysOf(reference.parent);
        if (from === null || to === null || keys === null) return { rows: 0, isExact: true };
        return await countDangling(connection, {
          reference,
          from: { table: from, keys: keysOf(reference.table) },
          to: { table: to, keys },
        });
      } catch (error) {
        throw asFirnError(error, `count the references of ${reference.table}`, path);
      }
    },

    unitRanges: async (names, day, rows) =>
      guard('find units to archive', path, () =>
        unitRanges(
          connection,
          names.flatMap((name) => surveys.get(sqlite.foldName(name)) ?? []),
          day,
          rows,
        ),
      ),

    blocks: async function* (shape, rule, day, archivedAt, blockBytes, units) {
      const keys = surveys.get(sqlite.foldName(shape.table));
      if (keys === undefined) {
        throw new FirnError('refused', 'the table was not counted on this connection first', {
          operation: 'read rows to archive',
          path: shape.table,
        });
      }
      try {
        const table = tableOf(connection, shape);
        yield* readBlocks(connection, table, rule, keys, day, archivedAt, blockBytes, units ?? null);
      } catch (error) {
        throw asFirnError(error, `read rows of ${shape.table} to archive`, path);
      }
    },

    present: async (shape, lines) =>
      guard(`find rows of ${shape.table}`, path, () => {
        presence ??= presenceChecks(connection, tableOf);
        const isPresent = presence(shape);
        return lines.flatMap((line, at) => (isPresent(line) ? [at] : []));
      }),

    parentless: async (tie, lines) =>
      guard(`find rows of ${tie.parent}`, path, () => lines.filter(parentlessCheck(connection, tie)).length),

    standing: async (shape, archivedAt, lines) =>
      guard(`find rows of ${shape.table}`, path, () => {
        const stands = standingCheck(connection, tableOf(connection, shape), archivedAt);
        return lines.flatMap((line, at) => (stands(line) ? [at] : []));
      }),

    standingAs: async (shape, archivedAt, lines, names) =>
      guard(`find rows of ${shape.table}`, path, () => {
        const stands = standingAsCheck(connection, tableOf(connection, shape), archivedAt, names);
        return lines.flatMap((line, at) => (stands(line) ? [at] : []));
      }),

    keyless: async function* (shape, span) {
      try {
        const table = tableOf(connection, shape);
        const condition = `${keylessSql(table)} AND NOT ${leasedSql(connection, table)}`;
        for (const { lines } of rowsInSpan(connection, table, span, null, condition)) {
          if (lines.length > 0) yield lines;
          await setImmediate();
        }
      } catch (error) {
        throw asFirnError(error, `read rows of ${shape.table}`, path);
      }
    },

    leased: async (shape, lines) =>
      guard(`find leased rows of ${shape.table}`, path, () => {
        if (!hasLeases(connection)) return [];
        const leasesOf = leaseFinder(connection, shape.table);
        return lines.flatMap((line, at) => (leasesOf(line).length > 0 ? [at] : []));
      }),

    count: async (shape, most) =>
      guard(`count the rows of ${shape.table}`, path, () =>
        countRows(connection, tableOf(connection, shape), most),
      ),

    keys: async function* (shape) {
      try {
        yield* readKeys(connection, tableOf(connection, shape));
      } catch (error) {
        throw asFirnError(error, `read the keys of ${shape.table}`, path);
      }
    },

    [Symbol.asyncDispose]: async () => db.close(),
  };
}

/** The table as it is now. Throws `refused` when its columns or its key are no longer those of the shape. */
export function tableOf(connection: Connection, shape: TableShape): Table {
  const present = introspect(connection, shape.table);
  const table = present === null ? null : shapedAs(present, shape);
  const same = (a: TableShape, b: TableShape) =>
    a.columns.length === b.columns.length &&
    a.columns.every((c, at) => c.name === b.columns[at]!.name && c.key === b.columns[at]!.key);
  if (table !== null && same(table.shape, shape)) return table;
  throw new FirnError(
    'refused',
    table === null ? 'the table does not exist any more' : 'the columns of the table changed during the run',
    {
      operation: 'find the table',
      path: shape.table,
      hint: 'Run again.',
    },
  );
}
