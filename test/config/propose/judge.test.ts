import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeTables } from '../../../src/config/propose/judge.ts';
import type { TableLook } from '../../../src/config/propose/table-look.ts';
import type { SampledLink, SampledValue } from '../../../src/hot/hot-checkup.ts';
import { instantOfMs } from '../../../src/model/instant.ts';

const NOW = Date.UTC(2026, 5, 1);
const times = Array.from({ length: 20 }, (_, n) => new Date(NOW - (20 - n) * 5 * 86_400_000).toISOString());

test('two tables that refer to each other do not both become children', () => {
  const refers = (table: string, column: string, parent: string): TableLook => ({
    ...{ table, now: instantOfMs(NOW), problem: null },
    columns: ['id', column, 'created_at'].map((name, at) => ({ name, type: '', key: at === 0 ? 1 : 0 })),
    samples: new Map<string, readonly SampledValue[]>([
      ['id', times.map((_, n) => BigInt(n))],
      ['created_at', times],
    ]),
    foreignKeys: [
      { table, columns: [column], parent, parentColumns: ['id'], exists: true, onDelete: 'NO ACTION' },
    ],
  });
  const links = (): readonly SampledLink[] =>
    times.map((time) => ({ refers: true, found: true, childTime: time, parentTime: time }));
  const verdicts = judgeTables(
    [refers('run', 'last_event', 'event'), refers('event', 'run_id', 'run')],
    links,
  );
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['with', 'archive'],
  );
});
