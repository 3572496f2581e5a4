import { withoutTime } from '../../format/line/line-content.ts';
import { resultCode } from '../../lock/result-code.ts';
import { FirnError } from '../../model/errors.ts';
import type { TableShape } from '../../model/shape.ts';
import type { Drained, DrainUnit, HotStore, TimeSpan } from '../hot-store.ts';
import type { Connection } from './connection/connection.ts';
import { LockTurns, OtherWriters, type ShortWaits } from './connection/lock-turns.ts';
import { asFirnError, guard } from './connection/sqlite-error.ts';
import { gentleHoldMs, writeAheadLog } from './connection/write-ahead-log.ts';
import { writeTransaction } from './connection/write-transaction.ts';
import { drainCache } from './drain/drain-cache.ts';
import type { LineOutcome } from './drain/drain-lines.ts';
import { drainsTogether } from './drain/drain-together.ts';
import { NOTHING, requireAll } from './drain/require-all.ts';
import { untilFound } from './drain/rows-moved.ts';
import { lookAtOther } from './ledger/other-database.ts';
import { advanceReceipt } from './ledger/receipts.ts';
import { sqliteLedger } from './ledger/sqlite-ledger.ts';
import { asBuffer } from './read/blocks.ts';
import { sqliteReader } from './read/sqlite-reader.ts';
import { sqliteHotRows } from './restore/sqlite-rows.ts';

/**
 * The whole of a connection, which it closes in the end.
 */
export function sqliteStore(opened: Connection, time: ShortWaits): HotStore {
  const { db } = opened;
  const { monotonic } = time;
  const others = new OtherWriters(opened, monotonic);
  const turns = new LockTurns(db, time, () => others.isRecent());
  const connection: Connection = { ...opened, turns };
  const version = (): number => others.version();
  const drains = drainCache(connection);
  const wal = guard('open the database', connection.path, () => writeAheadLog(connection));

  /** How many of the leading units still read as they were sealed, and as of which version of the database. */
  const compare = (shape: TableShape, archivedAt: string, units: readonly DrainUnit[]) => ({
    asOf: version(),
    agreed: drains(shape, archivedAt).units?.agreeing(units) ?? 0,
  });

  /** Runs a drain in a write transaction, and says how long the lock was held. */
  function drainWith<T extends Omit<Drained, 'heldMs'>>(operation: string, action: () => T): T & Drained {
    const result = writeTransaction(connection, operation, () => {
      try {
        return action();
      } catch (error) {
        throw refusedByTrigger(error, operation, drains.refusing());
      }
    });
    return { ...result, heldMs: turns.heldMs };
  }

  /** The same for rows that may have to be looked for by what they hold: that is done before the write lock is taken. */
  async function withRowsFound<T extends Omit<Drained, 'heldMs'>>(
    shape: TableShape,
    archivedAt: string,
    span: TimeSpan | null,
    action: () => T,
  ): Promise<T & Drained> {
    const operation = `delete rows of ${shape.table}`;
    return await untilFound(
      shape.table,
      async () => {
        await guarded(operation, () => drains(shape, archivedAt).line.refresh());
        return drainWith(operation, action);
      },
      () => guarded(operation, () => drains(shape, archivedAt).line.find(span)),
    );
  }

  async function guarded(operation: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw asFirnError(error, operation, connection.path);
    }
  }

  return {
    ...sqliteReader(connection),
    ledger: sqliteLedger(connection, wal.durably),
    rows: sqliteHotRows(connection, wal.durably),
    lookAtOther: (path) => lookAtOther(connection, path),

    // Rows are compared before the lock is taken, again if anybody commits meanwhile (SQLite: PRAGMA data_version), and under it if need be.
    drain: async (shape, segment, archivedAt, units) => {
      const operation = `delete rows of ${shape.table}`;
      const began = monotonic();
      const before = guard(operation, connection.path, () => {
        const first = compare(shape, archivedAt, units);
        return version() === first.asOf ? first : compare(shape, archivedAt, units);
      });
      const comparedMs = monotonic() - began;
      const drained = drainWith(operation, () => {
        const { units: drain, refusing } = drains(shape, archivedAt);
        const handled = version() === before.asOf ? before.agreed : compare(shape, archivedAt, units).agreed;
        if (drain === null || handled === 0) return { ...NOTHING, handled };
        const agreed = units.slice(0, handled);
        const expected = agreed.reduce((sum, { rows }) => sum + rows, 0);
        requireAll(shape.table, drain.delete(agreed), expected, refusing);
        const done = { ...NOTHING, deleted: expected };
        advanceReceipt(connection, segment, endOf(agreed.at(-1)!), done);
        return { ...done, handled };
      });
      return { ...drained, comparedMs };
    },

    drainLines: async (shape, segment, archivedAt, first, lines, search = { span: null, inRun: false }) =>
      await withRowsFound(shape, archivedAt, search.span, () => {
        const { line: own, refusing } = drains(shape, archivedAt);
        // VACUUM moves all rows behind the first gap: where one is at its place, the others are too.
        const bare = lines.map((line) => withoutTime(asBuffer(line)));
        const isHintTrusted = search.inRun && bare.some(own.isInPlace);
        const outcomes = bare.map((line) => own.drain(line, isHintTrusted));
        const count = (outcome: LineOutcome) => outcomes.filter((found) => found === outcome).length;
        const deleted = count('deleted');
        requireAll(shape.table, deleted, deleted + count('undeleted'), refusing);
        const positions = (...wanted: LineOutcome[]) =>
          outcomes.flatMap((outcome, at) => (wanted.includes(outcome) ? [first + at] : []));
        const done = {
          ...{ deleted, changed: positions('changed', 'last'), absent: count('absent') },
          lastId: positions('last'),
        };
        advanceReceipt(connection, segment, first + lines.length, done);
        return done;
      }),

    ...drainsTogether({ connection, drains, monotonic, version, drainWith, guarded }),
    version: async () => version(),

    checkpoint: async () => {
      others.look();
      await wal.checkpoint(others.isRecent());
    },

    othersWrote: async () => others.haveWritten(),
    gentleHoldMs: gentleHoldMs(opened),
    lastHeldMs: async () => turns.heldMs,

    [Symbol.asyncDispose]: async () => {
      try {
        await wal.close();
      } finally {
        db.close();
      }
    },
  };
}

/** A trigger that raises an error says whatever its author wrote: the names are added. Other errors come back as they are. */
function refusedByTrigger(error: unknown, operation: string, triggers: readonly string[]): unknown {
  if (resultCode(error) !== CONSTRAINT || triggers.length === 0) return error;
  const why = `the trigger ${triggers.join(' or ')} prevented the deletion: ${(error as Error).message}`;
  return new FirnError('database', why, { operation, cause: error });
}

const CONSTRAINT = 19;

function endOf({ first, rows }: DrainUnit): number {
  return first + rows;
}
