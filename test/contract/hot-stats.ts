import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLine } from '../../src/format/line/line-encode.ts';
import type { HotStats, TableStats } from '../../src/hot/hot-stats.ts';
import type { DueRule } from '../../src/hot/hot-store.ts';
import type { Instant } from '../../src/model/instant.ts';
import type { Policy } from '../../src/model/policy/policy.ts';
import type { TableShape } from '../../src/model/shape.ts';
import { parseInstant } from '../../src/model/time/parse-instant.ts';
import { isError, ruleOf } from '../hot/hot-trial.ts';
import { receiptOf } from '../support/archives/receipts.ts';
import { type DeclaredTable, declaredTable, type HotPlace, type MakeHotPlace } from './hot-place.ts';

/** `ruleOf` has now = 2026-02-10T12:00Z, a hot time of 7 days, and lets open rows go after 30 days more. */
const HOT = '2026-02-03T12:00:00.000001Z';
const CUTOFF = '2026-02-03T12:00:00Z';
const WARM = '2026-01-10T00:00:00Z';
const OLD = '2025-12-01T00:00:00Z';

const ROWS = [
  ['hot', HOT, 'done', null],
  ['due', CUTOFF, 'done', null],
  ['warm', WARM, 'done', null],
  ['old', OLD, 'done', null],
  ['open', WARM, 'open', null],
  ['open too long', OLD, 'open', null],
  ['held', WARM, 'held', null],
  ['undated', 'yesterday', 'done', null],
  ['timeless', null, 'open', null],
] as const;

const EVENTS: Readonly<Record<string, DeclaredTable>> = {
  'with an index': declaredTable(ROWS),
  'without an index': declaredTable(ROWS, { indexes: [] }),
  'without a key': declaredTable(ROWS, { key: [] }),
  'with odd names': declaredTable(ROWS, {
    name: 'sel"ect ☃',
    columns: ['i"d', 'ts', 'state', 'or der'].map((name) => ({ name, type: 'text' })),
    key: ['i"d'],
  }),
};

/** What the statistics of every hot store owe their callers. */
export function hotStatsContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    table: DeclaredTable,
    body: (stats: HotStats, shape: TableShape, place: HotPlace) => Promise<void>,
  ): void => {
    test(`${name}, statistics: ${title}`, async () => {
      await using place = await makePlace([table]);
      await using reader = await place.backend.reader();
      await using stats = await place.backend.stats();
      await body(stats, (await reader.shape(table.name))!, place);
    });
  };
  const held = [[{ column: 'state', op: '=', value: 'held' } as const]];

  for (const [kind, table] of Object.entries(EVENTS)) {
    trial(
      `rows of a table ${kind} are counted by where they stand and what keeps them`,
      table,
      async (stats, shape, place) => {
        const rule: DueRule = { ...ruleOf(held), policy: { ...ruleOf().policy, table: table.name } };
        const found = await stats.table(shape, rule);
        const expected: TableStats = {
          ...{
            total: 9,
            hot: 1,
            stale: 8,
            warm: 4,
            undated: 2,
            sentinel: 0,
            future: 0,
            timeHint: null,
            open: 1,
            held: 1,
            leased: 0,
            due: 4,
            lastId: 0,
          },
          ...{ oldest: at(OLD), newest: at(HOT), firstDue: at(OLD), estimated: false, bounds: null },
        };
        assert.deepEqual({ ...found }, expected);
        await using reader = await place.backend.reader();
        const survey = await reader.survey(shape, rule);
        const due = survey.days.reduce((sum, { rows }) => sum + rows, 0);
        const kept = [found.due, found.open, found.held, found.undated];
        assert.deepEqual(kept, [due, survey.open, survey.held, survey.undated], 'as a survey counts them');
      },
    );
  }

  trial(
    'placeholders and future times are counted apart, and stay',
    declaredTable([
      ['old', OLD, 'done', null],
      ['first', '0001-01-01 00:00:00', 'done', null],
      ['epoch', '1970-01-01T00:00:00Z', 'done', null],
      ['zero', '0', 'done', null],
      ['last', '9999-12-31', 'done', null],
      ['eighties', '1985-05-05T00:00:00Z', 'done', null],
      ['apple', '780000000', 'done', null],
      ['future', '2031-01-01T00:00:00Z', 'done', null],
    ]),
    async (stats, shape, place) => {
      const { total, hot, stale, due, undated, sentinel, future, timeHint, oldest, newest } =
        await stats.table(shape, ruleOf());
      assert.deepEqual(
        { total, hot, stale, due, undated, sentinel, future },
        { total: 8, hot: 1, stale: 7, due: 2, undated: 1, sentinel: 4, future: 1 },
      );
      assert.deepEqual([oldest, newest], [at('1985-05-05T00:00:00Z'), at('2031-01-01T00:00:00Z')]);
      assert.equal(timeHint, 'these look like seconds since 2001 (Core Data): `time_format: apple`');
      await using reader = await place.backend.reader();
      const survey = await reader.survey(shape, ruleOf());
      assert.deepEqual(survey.oddTimes, { sentinel, future, hint: timeHint });
      assert.deepEqual([survey.undated, survey.days.length], [1, 2]);
    },
  );

  trial('an empty table has no times', declaredTable([]), async (stats, shape) => {
    const { total, hot, stale, due, oldest, newest, firstDue, estimated } = await stats.table(
      shape,
      ruleOf(),
    );
    assert.deepEqual([total, hot, stale, due, estimated], [0, 0, 0, 0, false]);
    assert.deepEqual([oldest, newest, firstDue], [null, null, null]);
    assert.deepEqual(await stats.perDay(shape, ruleOf().policy, ['2026-01-10', '2026-01-11']), [0, 0]);
    assert.deepEqual(await stats.perDay(shape, ruleOf().policy, []), []);
  });

  trial(
    'a row that is both open and held counts as open',
    declaredTable([['a', WARM, 'open', 'x']]),
    async (stats, shape) => {
      const rule = ruleOf([[{ column: 'note', op: '=', value: 'x' }]]);
      const { open, held, due, firstDue } = await stats.table(shape, rule);
      assert.deepEqual([open, held, due, firstDue], [1, 0, 0, null]);
    },
  );

  trial(
    'a policy that does not fit the table is an error of the configuration',
    EVENTS['with an index']!,
    async (stats, shape) => {
      const policy: Policy = { ...ruleOf().policy, timeColumn: 'absent' };
      await assert.rejects(stats.table(shape, { ...ruleOf(), policy }), isError('config'));
      await assert.rejects(stats.perDay(shape, policy, ['2026-01-10']), isError('config'));
      const broken: Policy = { ...ruleOf().policy, openWhile: 'nonsense (' };
      await assert.rejects(stats.table(shape, { ...ruleOf(), policy: broken }), isError('config'));
      const hold = [[{ column: 'absent', op: '=', value: 'x' } as const]];
      await assert.rejects(stats.table(shape, ruleOf(hold)), isError('refused'));
    },
  );

  trial(
    'a table that was dropped is an error of Firn, and the others go on',
    EVENTS['with an index']!,
    async (stats, shape, place) => {
      place.application.drop('events');
      await assert.rejects(stats.table(shape, ruleOf()), isError('refused'));
      await assert.rejects(stats.perDay(shape, ruleOf().policy, ['2026-01-10']), isError('refused'));
      assert.ok((await stats.file()).bytes > 0);
    },
  );

  const zones = declaredTable([
    ['a', '2026-01-10T00:00:00Z', 'done', null],
    ['b', '2026-01-11T01:00:00+02:00', 'done', null],
    ['c', '2026-01-10T23:30:00-01:00', 'done', null],
    ['d', '2026-01-10', 'open', null],
    ['e', 'yesterday', 'done', null],
    ['f', '1969-12-31T23:59:59Z', 'done', null],
  ]);
  trial(
    'rows of a day are those of its UTC day, in whatever zone they are written',
    zones,
    async (stats, shape) => {
      const days = ['2026-01-11', '2026-01-10', '1969-12-31', '2026-01-12'];
      assert.deepEqual(await stats.perDay(shape, ruleOf().policy, days), [1, 3, 1, 0]);
    },
  );

  trial(
    'a restored row is leased, and counts for its segment and not for its day',
    EVENTS['with an index']!,
    async (stats, shape, place) => {
      const day = WARM.slice(0, 10);
      const before = await stats.table(shape, ruleOf(held));
      const [rows] = (await stats.perDay(shape, ruleOf().policy, [day]))!;
      const row = { id: 'r', ts: WARM, state: 'done', note: null };
      const line = encodeLine([...Object.keys(row), '_archived_at'], { ...row, _archived_at: CUTOFF });
      const segment = `${day}/events.jsonl.gz`;
      {
        await using store = await place.backend.store({ allowsTriggers: () => false });
        await store.ledger.insert([receiptOf(segment)]);
        await store.rows.insert(shape, [line], {
          ...{ overwrite: false, dropColumns: false, seen: new Map(), timeColumn: 'ts' },
          lease: { segment, until: at('2026-03-01T00:00:00Z') },
        });
      }
      const after = await stats.table(shape, ruleOf(held));
      assert.deepEqual([after.total, after.stale, after.leased], [before.total + 1, before.stale + 1, 1]);
      assert.deepEqual([after.due, after.held, after.open], [before.due, before.held, before.open]);
      assert.deepEqual(await stats.perDay(shape, ruleOf().policy, [day]), [rows]);
      place.application.delete({ table: 'events', column: 'id', value: 'r' });
      assert.equal((await stats.table(shape, ruleOf(held))).leased, 0);
    },
  );

  trial(
    'counting sees what others write, does not wait for them, and makes no table',
    EVENTS['with an index']!,
    async (stats, shape, place) => {
      place.application.insert('events', [['new', HOT, 'done', null]]);
      using _lock = place.application.lock();
      assert.equal((await stats.table(shape, ruleOf())).total, 10);
      assert.deepEqual(place.application.tables(), ['events']);
    },
  );

  trial(
    'the size of the database and the room beside it are told in bytes',
    EVENTS['with an index']!,
    async (stats, _, place) => {
      const { localPath } = place.backend.capabilities;
      if (localPath === null) return;
      const file = await stats.file();
      assert.equal(file.path, localPath);
      assert.ok(
        file.bytes > 0 && file.pageBytes > 0 && file.pages > 0 && file.walBytes >= 0,
        JSON.stringify(file),
      );
      assert.ok(file.freePages >= 0 && file.freePages < file.pages);
      const room = await stats.room();
      assert.ok(room.database > 0 && room.temporary > 0);
    },
  );
}

function at(text: string): Instant {
  return parseInstant(text)!;
}
