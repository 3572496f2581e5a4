import assert from 'node:assert/strict';
import type { DueRule, HotReader, HotStore } from '../../src/hot/hot-store.ts';
import { DAY_MS } from '../../src/model/duration.ts';
import { FirnError } from '../../src/model/errors.ts';
import type { Condition } from '../../src/model/filter.ts';
import { instantOfMs, laterBy } from '../../src/model/instant.ts';
import type { Application, DeclaredRow } from '../contract/hot-place.ts';

/**
 * A database with one table `t` that has at least the columns `id`, `ts`, `state` and `note`, in which no two rows have the same note, and others who
 * use it too. No part of it says SQL.
 */
export interface HotTrial extends AsyncDisposable {
  readonly reader: HotReader;
  readonly store: HotStore;
  readonly application: Application;
  /** From now on a trigger keeps the row with this note from being deleted, without an error. */
  keep(note: string): void;
  /** From now on a trigger writes the note of a deleted row into the table `log`, and the one row of `child` refers to `note 0` with a cascade. */
  addSideEffects(): void;
}

export const AT: string = '2026-02-10T12:00:00.000Z';
export const SEGMENT: string = '2026-01-20/t.jsonl.gz';
const NOW = instantOfMs(Date.parse('2026-02-10T12:00:00Z'));

export function ruleOf(holds: readonly (readonly Condition[])[] = []): DueRule {
  return {
    policy: {
      ...{ table: 't', group: null, hotMs: 7 * 864e5, warmMs: 30 * 864e5, coldMs: 0, timeColumn: 'ts' },
      ...{ openWhile: "state = 'open'", lookupKeys: ['state'], compression: 'gzip' },
    },
    ...{ now: NOW, cutoff: laterBy(NOW, -7 * DAY_MS), openCutoff: laterBy(NOW, -37 * DAY_MS), holds },
  };
}

/** Rows of every fate. The note of each is `note` and its number. */
export const ROWS: readonly (readonly [ts: string, state: string])[] = [
  ['2026-01-20T10:00:00.120157Z', 'done'],
  ['2026-01-20 23:59:59', 'done'],
  ['2026-01-21T01:00:00+02:00', 'done'],
  ['2026-01-21T00:00:00Z', 'done'],
  ['2026-02-03T12:00:00Z', 'done'],
  ['2026-02-03T12:00:00.000001Z', 'done'],
  ['2026-02-10T00:00:00Z', 'done'],
  ['2026-01-22T00:00:00Z', 'open'],
  ['2025-12-01T00:00:00Z', 'open'],
  ['2026-01-22T00:00:01Z', 'held'],
  ['yesterday', 'done'],
  ['2026-02-30T00:00:00Z', 'done'],
  ['', 'done'],
];
export const HELD: readonly (readonly Condition[])[] = [[{ column: 'state', op: '=', value: 'held' }]];

/** The rows of `t`, as `make` completes them. */
export function rowsOfTrial(
  make: (id: bigint, ts: string, state: string, note: string) => DeclaredRow,
): readonly DeclaredRow[] {
  return ROWS.map(([ts, state], id) => make(BigInt(id), ts, state, `note ${id}`));
}

export function isError(code: FirnError['code']): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FirnError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}
