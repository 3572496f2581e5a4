import { withoutTime } from '../../../format/line/line-content.ts';
import { sqlite } from '../../../model/database/dialect.ts';
import type { TableShape } from '../../../model/shape.ts';
import type { Drained, HotStore, LinesTogether, Together } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { advanceReceipt } from '../ledger/receipts.ts';
import { asBuffer } from '../read/blocks.ts';
import { type DanglingCheck, danglingCheck } from './dangling.ts';
import type { DrainCache } from './drain-cache.ts';
import type { LineOutcome } from './drain-lines.ts';
import { NOTHING, requireAll } from './require-all.ts';
import { untilFound } from './rows-moved.ts';

/** What the drains of a store share. */
export interface DrainTools {
  readonly connection: Connection;
  readonly drains: DrainCache;
  readonly monotonic: () => number;
  readonly version: () => number;
  /** Runs an action in a write transaction, and says how long the lock was held. */
  readonly drainWith: <T extends Omit<Drained, 'heldMs'>>(operation: string, action: () => T) => T & Drained;
  readonly guarded: (operation: string, action: () => Promise<void>) => Promise<void>;
}

/** Rolls the transaction back: the rows are not as they were sealed, or something refers to them. */
class Disputed extends Error {}

/** See `HotStore`: rows of several tables, unit by unit. */
export function drainsTogether({
  connection,
  drains,
  monotonic,
  version,
  drainWith,
  guarded,
}: DrainTools): Pick<HotStore, 'drainTogether' | 'drainUnitsTogether' | 'keepLines'> {
  const check = danglingCheck(connection);
  const agree = (parts: readonly Together[]): boolean =>
    parts.every(({ shape, archivedAt, units }) => {
      const drain = drains(shape, archivedAt).units;
      return drain !== null && drain.agreeing(units) === units.length;
    });

  return {
    drainTogether: async (parts, ties, since) => {
      const operation = `delete rows of ${tablesOf(parts)}`;
      const began = monotonic();
      const asOf = version();
      const agreed = guard(operation, connection.path, () => agree(parts));
      const comparedMs = monotonic() - began;
      if (!agreed) return { agreed, heldMs: 0, comparedMs };
      const checks = check(ties);
      let outcome: Drained;
      try {
        outcome = drainWith(operation, () => {
          if (version() !== asOf && !agree(parts)) throw new Disputed();
          const dangling = version() === since ? null : checks;
          for (const part of parts) deleteAll(part, dangling);
          if (dangling?.find()) throw new Disputed();
          return NOTHING;
        });
      } catch (error) {
        if (!(error instanceof Disputed)) throw error;
        return { agreed: false, heldMs: connection.turns?.heldMs ?? 0, comparedMs };
      }
      return { agreed: true, heldMs: outcome.heldMs, comparedMs };
    },

    keepLines: async (segment, first, rows) => {
      drainWith('keep rows of a segment', () => {
        const changed = Array.from({ length: rows }, (_, at) => first + at);
        advanceReceipt(connection, segment, first + rows, { ...NOTHING, changed });
        return NOTHING;
      });
    },

    drainUnitsTogether: async (parts, ties) => {
      const operation = `delete rows of ${tablesOf(parts)}`;
      return await untilFound(
        tablesOf(parts),
        async () => {
          await guarded(operation, async () => {
            for (const { shape, archivedAt } of parts) await drains(shape, archivedAt).line.refresh();
          });
          const checks = check(ties);
          let settled: Omit<Drained, 'heldMs'>[] = [];
          const { heldMs } = drainWith(operation, () => {
            settled = drainByUnit(parts, checks);
            for (const [at, { segment, first, lines }] of parts.entries())
              advanceReceipt(connection, segment, first + lines.length, settled[at]!);
            return NOTHING;
          });
          return settled.map((done) => ({ ...done, heldMs }));
        },
        () =>
          guarded(operation, async () => {
            for (const { shape, archivedAt } of parts)
              if (shape.primaryKey.length === 0) await drains(shape, archivedAt).line.find(null);
          }),
      );
    },
  };

  function deleteAll(part: Together, dangling: DanglingCheck | null): void {
    const { shape, segment, archivedAt, units } = part;
    const last = units.at(-1);
    if (last === undefined) return;
    const { units: drain, refusing } = drains(shape, archivedAt);
    dangling?.note(part);
    const expected = units.reduce((sum, { rows }) => sum + rows, 0);
    requireAll(shape.table, drain!.delete(units), expected, refusing);
    advanceReceipt(connection, segment, last.first + last.rows, { ...NOTHING, deleted: expected });
  }

  /** Judges each unit by itself: what of it was deleted comes back when it has to stay. */
  function drainByUnit(parts: readonly LinesTogether[], dangling: DanglingCheck): Omit<Drained, 'heldMs'>[] {
    const { db } = connection;
    const done = parts.map(() => ({
      deleted: 0,
      changed: [] as number[],
      absent: 0,
      lastId: [] as number[],
    }));
    const next = parts.map(() => 0);
    for (;;) {
      const waiting = parts.flatMap(({ units }, at) => (next[at]! < units.length ? [units[next[at]!]!] : []));
      if (waiting.length === 0) return done;
      const unit = waiting.reduce((least, other) => (other < least ? other : least));
      db.exec('SAVEPOINT _firn_unit');
      const outcomes = parts.map((part, at) => drainLinesOf(part, unit, next[at]!, dangling));
      const refers = dangling.find();
      const stays =
        refers ||
        outcomes.flat().some((outcome) => outcome === 'changed' || outcome === 'last') ||
        outcomes.some((own, at) => isParent(parts, at) && own.includes('absent'));
      if (stays) db.exec('ROLLBACK TO _firn_unit');
      db.exec('RELEASE _firn_unit');
      for (const [at, own] of outcomes.entries()) {
        for (const [place, outcome] of own.entries()) {
          const position = parts[at]!.first + next[at]! + place;
          if (outcome === 'absent') done[at]!.absent++;
          else if (stays) done[at]!.changed.push(position);
          else done[at]!.deleted++;
          if (outcome === 'last') done[at]!.lastId.push(position);
        }
        next[at]! += own.length;
      }
    }
  }

  function drainLinesOf(
    { shape, archivedAt, lines, units }: LinesTogether,
    unit: bigint,
    from: number,
    dangling: DanglingCheck,
  ): LineOutcome[] {
    const { line: own, refusing } = drains(shape, archivedAt);
    const outcomes: LineOutcome[] = [];
    for (let at = from; at < lines.length && units[at] === unit; at++) {
      const line = withoutTime(asBuffer(lines[at]!));
      dangling.noteLine({ shape }, line);
      outcomes.push(own.drain(line, true));
    }
    const deleted = outcomes.filter((outcome) => outcome === 'deleted').length;
    const undeleted = outcomes.filter((outcome) => outcome === 'undeleted').length;
    requireAll(shape.table, deleted, deleted + undeleted, refusing);
    return outcomes;
  }
}

/** Whether rows of other parts belong to its rows: those stay when theirs is not there any more. */
function isParent(parts: readonly LinesTogether[], at: number): boolean {
  return parts.some(({ shape }) => sqlite.sameName(shape.timeOf?.table ?? '', parts[at]!.shape.table));
}

function tablesOf(parts: readonly { readonly shape: TableShape }[]): string {
  return [...new Set(parts.map(({ shape }) => shape.table))].join(', ');
}
