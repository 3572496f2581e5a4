import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../../../src/config/load.ts';
import { configText, type ProposedPlaces } from '../../../src/config/propose/config-text.ts';
import { propose } from '../../../src/config/propose/proposal.ts';
import type { TableLook } from '../../../src/config/propose/table-look.ts';
import { findTimeColumn } from '../../../src/config/propose/time-column.ts';
import type { SampledValue } from '../../../src/hot/hot-checkup.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import type { Config } from '../../../src/model/policy/config.ts';
import { getPolicy } from '../../../src/model/policy/policies.ts';

const NOW = instantOfMs(Date.UTC(2026, 0, 20));
const schema = './node_modules/firn/schema/config.schema.json';
const places = { schema, database: null, archives: null };

function look(table: string, columns: Readonly<Record<string, readonly SampledValue[]>>): TableLook {
  return {
    table,
    columns: Object.keys(columns).map((name, at) => ({ name, type: '', key: at === 0 ? 1 : 0 })),
    samples: new Map(Object.entries(columns)),
    ...{ now: NOW, problem: null },
  };
}

function proposeConfig(looks: readonly TableLook[], at: ProposedPlaces): string {
  return configText(
    propose(looks, () => [], []),
    at,
  );
}

function load(text: string): Config {
  return loadConfig({ flags: {}, env: {}, cwd: '/work', readFile: () => text });
}

/** As a reader does who takes every proposal. */
function takeAll(text: string): string {
  return text.replace(/^( *)#(?=[^ #\n])/gm, '$1').replace(/^ {2}#( {2}\S)/gm, '  $1');
}

const orders = look('orders', {
  id: [],
  customer_id: ['c1'],
  updated_at: ['2026-01-16T11:23:33Z'],
  created_at: ['2026-01-16 11:23:33', null, 1768562613n],
});

test('the preset’s tables that are there are managed, others with a time are proposed with the reason', () => {
  const runs = look('task_list_execution_runs', { id: [], started_at: ['2026-01-16T11:23:33Z'] });
  const text = proposeConfig(
    [look('TOOL_USES', { id: [], start_time: [] }), orders, runs, look('colours', { id: [], name: ['red'] })],
    places,
  );
  assert.match(text, /^preset: observability$/m);
  assert.match(
    text,
    /# tool_uses: managed by the preset; its age counts from start_time, unfinished while result_status = 'pending'/,
  );
  assert.match(
    text,
    /# orders: not managed yet. created_at: all 2 sampled values are times \(2026-01-16T11:23:33Z\); 1 of 3 sampled rows have no value and will not be archived/,
  );
  assert.match(text, /Not managed, because no time column was found: colours\./);
  assert.ok(!text.includes('started_at'), 'what the preset keeps is not proposed');

  assert.equal(load(text).policies.policies.size, 6);
  const taken = load(takeAll(text)).policies;
  const policy = getPolicy(taken, 'orders')!;
  assert.deepEqual(
    [policy.timeColumn, policy.lookupKeys, policy.hotMs],
    ['created_at', ['customer_id'], 30 * 86_400_000],
  );
});

test('a preset’s table without its time column is said', () => {
  assert.match(proposeConfig([look('tool_uses', { id: [] })], places), /it has no column start_time/);
});

test('without observability tables the preset is left out', () => {
  const text = proposeConfig([orders], { ...places, database: 'my data/x.db' });
  const config = load(text);
  assert.equal(config.policies.policies.size, 0);
  assert.equal(config.database.text, '/work/my data/x.db');
});

test('values decide: a column called time that holds no times is passed over', () => {
  assert.equal(findTimeColumn(look('t', { id: [], time: ['soon', 'later'] })), null);
  assert.equal(
    findTimeColumn(look('t', { id: [1n], time: ['soon'], noted_at: ['2026-01-16'] }))?.name,
    'noted_at',
  );
  assert.match(findTimeColumn(look('t', { id: [], at: [] }))!.reason, /the table is empty/);
  const nine = Array<string>(9).fill('2026-01-16');
  assert.match(
    findTimeColumn(look('t', { id: [], at: [...nine, 'x'] }))!.reason,
    /9 of 10 sampled values are times .*will not be archived/,
  );
});

test('whatever the names, the file loads, with every proposal taken too', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      'true',
      'null',
      '~',
      '1',
      '1.0',
      'a: b',
      '# x',
      "it's",
      'a"b',
      '- a',
      '__proto__',
      'constructor',
      'line\nfeed',
      `\n${'many words and a '.repeat(5)}\nline feed`,
      '[x]',
      ' ',
      'key?',
      '\u2028',
      '\ufeff',
      'x'.repeat(300),
    ),
  );
  const folded = (text: string): string => text.toLowerCase();
  const column = fc.record({ name, time: fc.boolean() });
  const tables = fc.uniqueArray(
    fc.record({
      table: name,
      columns: fc.uniqueArray(column, { minLength: 1, maxLength: 5, selector: (one) => folded(one.name) }),
    }),
    { selector: ({ table }) => folded(table), maxLength: 5 },
  );
  fc.assert(
    fc.property(tables, name, (found, database) => {
      const looks = found.map(({ table, columns }) => ({
        table,
        columns: columns.map((one, at) => ({
          name: one.name,
          type: one.time ? 'DATE' : '',
          key: at === 0 ? 1 : 0,
        })),
        samples: new Map<string, SampledValue[]>(),
        ...{ now: NOW, problem: null },
      }));
      fc.pre(!/^(_firn_|sqlite_)/i.test(found.map(({ table }) => table).join()) && !database.startsWith('~'));
      // Archives in the place of the database, or below it, are refused.
      fc.pre(!/^\.+$|[/\\]/.test(database));
      const text = proposeConfig(looks, { schema: database, database, archives: `${database}.d` });
      load(text);
      const { policies } = load(takeAll(text)).policies;
      const timed = looks.filter(
        ({ table, columns }) => table.length <= 200 && columns.some(({ type }) => type === 'DATE'),
      );
      assert.deepEqual(
        [...policies.keys()],
        timed.map(({ table }) => table),
      );
    }),
    { numRuns: 300 },
  );
});

test('a table with a few rows a day gets segments of a longer span', () => {
  const daily = (rows: number): string => {
    const times = Array.from({ length: 40 }, (_, n) =>
      new Date(Date.UTC(2025, 9, 1) + n * 2 * 86_400_000).toISOString(),
    );
    const one = { ...look('log', { id: times.map((_, n) => BigInt(n)), logged_at: times }), rows };
    return proposeConfig([one], places);
  };
  assert.match(daily(80), /# {2}span: month/);
  assert.match(daily(2000), /# {2}span: week/);
  assert.doesNotMatch(daily(10_000), /span/);
  assert.equal(getPolicy(load(takeAll(daily(80))).policies, 'log')?.span, 'month');
});
