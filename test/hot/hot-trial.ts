import assert from 'node:assert/strict';
import type { DueRule, HotReader, HotStore } from '../../src/hot/hot-store.ts';
import { DAY_MS } from '../../src/model/duration.ts';
import { FirnError } from '../../src/model/errors.ts';
import type { Condition } from '../../src/model/filter.ts';
import { instantOfMs, laterBy } from '../../src/model/instant.ts';

/** A database with one table `t` that has at least the columns `id`, `ts`, `state` and `note`, and others who use it too. */
export interface HotTrial extends AsyncDisposable {
  readonly reader: HotReader;
  readonly store: HotStore;
  /** What somebody else does to the database. */
  others(sql: string): void;
  /** What somebody else reads there: the first column of the first row. */
  ask(sql: string): unknown;
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

/** Rows of every fate. `id` stands for the key of the row. */
export const ROWS: readonly (readonly [ts: string, state: string])[] = [
  ["'2026-01-20T10:00:00.120157Z'", "'done'"],
  ["'2026-01-20 23:59:59'", "'done'"],
  ["'2026-01-21T01:00:00+02:00'", "'done'"],
  ["'2026-01-21T00:00:00Z'", "'done'"],
  ["'2026-02-03T12:00:00Z'", "'done'"],
  ["'2026-02-03T12:00:00.000001Z'", "'done'"],
  ["'2026-02-10T00:00:00Z'", "'done'"],
  ["'2026-01-22T00:00:00Z'", "'open'"],
  ["'2025-12-01T00:00:00Z'", "'open'"],
  ["'2026-01-22T00:00:01Z'", "'held'"],
  ["'yesterday'", "'done'"],
  ["'2026-02-30T00:00:00Z'", "'done'"],
  ["''", "'done'"],
];
export const HELD: readonly (readonly Condition[])[] = [[{ column: 'state', op: '=', value: 'held' }]];

export function fill(insert: (id: number, ts: string, state: string, note: string) => string): string {
  return ROWS.map(([ts, state], id) => insert(id, ts, state, `'note ${id}'`)).join(';\n');
}

export function isError(code: FirnError['code']): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FirnError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}
