import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLine } from '../../../src/format/line/line-encode.ts';
import type { HotReader, HotStore } from '../../../src/hot/hot-store.ts';
import { asInstant, type Instant, laterBy } from '../../../src/model/instant.ts';
import { isError, ruleOf } from '../../hot/hot-trial.ts';
import type { DeclaredRow, HotPlace, MakeHotPlace } from '../hot-place.ts';
import { BOOKMARK, boundOf, MESSAGE, openUnits, sealUnits, unitTables } from './units-trial.ts';

const HOUR = 3_600_000;

/** Whole units that were archived, and restored into hot: `messages` and `sessions` are their lines. */
interface Restored {
  readonly reader: HotReader;
  readonly store: HotStore;
  readonly now: Instant;
  readonly messages: readonly Uint8Array[];
  readonly sessions: readonly Uint8Array[];
  readonly segments: { readonly message: string; readonly session: string };
  /** Notes the lines of both segments, or only those of one. */
  note(...tables: ('message' | 'session')[]): Promise<void>;
  /** `endUnits` until there are no more: how many rows of each segment were deleted. */
  end(unread?: readonly string[]): Promise<Record<string, number>>;
}

/** What a hot store owes those who restore rows that belong together, and look for them. */
export function unitLeasesContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    body: (restored: Restored, place: HotPlace) => Promise<void>,
    bookmarks: readonly DeclaredRow[] = [],
  ): void => {
    test(`${name}, leases of units: ${title}`, async () => {
      await using place = await makePlace(unitTables(bookmarks));
      await using opened = await openUnits(place);
      await body(await restore(opened), place);
    });
  };

  trial(
    'the rows of whole units are deleted, children and parents, when all their leases are over',
    async (restored, place) => {
      const { note, end, segments } = restored;
      await note('message', 'session');
      assert.deepEqual(await end(), { [segments.message]: 18, [segments.session]: 9 });
      assert.deepEqual([place.application.count('message'), place.application.count('session')], [6, 2]);
      assert.deepEqual(await restored.store.rows.leases(), []);
    },
  );

  trial(
    'units leave in transactions of about as many rows as asked for, and more says whether there are others',
    async ({ note, store, now }, place) => {
      await note('message', 'session');
      const first = await store.rows.endUnits(now, [], 4);
      const rows = first.deleted.reduce((sum, one) => sum + one.rows, 0);
      assert.deepEqual([rows, first.more], [6, true], 'two units of three rows');
      assert.deepEqual([place.application.count('message'), place.application.count('session')], [20, 9]);
    },
  );

  trial(
    'of a unit of which a row was changed, or got a row, all rows stay',
    async ({ note, end, segments }, place) => {
      const { application } = place;
      application.update({ table: 'message', column: 'id', value: 's3 m1' }, 'note', 'changed');
      application.insert('message', [['new', 's5', 'done', 'new']]);
      await note('message', 'session');
      assert.deepEqual(await end(), { [segments.message]: 14, [segments.session]: 7 });
      assert.deepEqual([application.count('message'), application.count('session')], [6 + 4 + 1, 2 + 2]);
    },
  );

  trial(
    'what changes after it was noted is judged by the next run',
    async ({ note, end, store, now, messages }, place) => {
      await note('message', 'session');
      const first = await store.rows.endUnits(now, [], 4);
      assert.equal(first.deleted.length > 0 && first.more, true);
      place.application.insert('message', [['new', 's8', 'done', 'new']]);
      await end();
      assert.ok(place.application.count('session') > 2, 'the unit that got a row is there');
      const own = messages.filter((line) => Buffer.from(line).includes('"s8"'));
      const { message } = await boundOf(store);
      const settled = await store.rows.endLeases(message.shape, '_time', now, own);
      assert.deepEqual([own.length, settled.deleted, settled.changed], [2, 0, []], 'its leases wait');
    },
  );

  trial('a unit with a later lease waits for it as a whole', async (restored, place) => {
    const { store, now, sessions, segments, note, end } = restored;
    const [line] = sessions;
    const later = { segment: segments.session, until: laterBy(now, HOUR) };
    const shape = (await store.shape('session'))!;
    place.application.delete({ table: 'session', column: 'id', value: 's0' });
    await store.rows.insert(shape, [line!], { ...HOW, lease: later });
    await note('message', 'session');
    assert.deepEqual(await end(), { [segments.message]: 16, [segments.session]: 8 });
    assert.deepEqual((await store.rows.leases()).map(({ table, rows }) => [table, rows]).sort(), [
      ['message', 2],
      ['session', 1],
    ]);
  });

  trial(
    'what was restored from a segment that cannot be read waits, with its units',
    async ({ note, end, segments }, place) => {
      await note('session');
      assert.deepEqual(await end([segments.message]), {});
      assert.deepEqual([place.application.count('message'), place.application.count('session')], [24, 11]);
    },
  );

  trial('lines whose parent row is missing are counted', async ({ reader, messages }, { application }) => {
    assert.equal(await reader.parentless(MESSAGE, messages), 0);
    application.delete({ table: 'session', column: 'id', value: 's3' });
    application.delete({ table: 'session', column: 'id', value: 's5' });
    assert.equal(await reader.parentless(MESSAGE, messages), 4);
    const line = (session: null | string | bigint): Uint8Array =>
      encodeLine(['id', 'session', '_archived_at'], {
        id: 'x',
        session,
        _archived_at: '2026-02-01T00:00:00Z',
      });
    assert.equal(await reader.parentless(MESSAGE, [line(null)]), 0, 'it refers to no row');
    assert.equal(await reader.parentless(MESSAGE, [line('s1'), line('S1'), line(7n)]), 2);
    assert.equal(await reader.parentless(MESSAGE, []), 0);
  });

  trial(
    'rows that refer to a row are named, no more than asked for',
    async (_, { backend }) => {
      await using lookup = await backend.lookup();
      const of = (id: string) => [{ column: 'id', op: '=', value: id } as const];
      const columns = ['message'];
      const found = await lookup.referring(BOOKMARK, of('s1 m0'), 5);
      assert.deepEqual(
        [...found].sort((a, b) => (a.key[0]! < b.key[0]! ? -1 : 1)),
        [
          { table: 'bookmark', key: ['b1'], columns },
          { table: 'bookmark', key: ['b2'], columns },
        ],
      );
      assert.equal((await lookup.referring(BOOKMARK, of('s1 m0'), 1)).length, 1);
      assert.deepEqual(await lookup.referring(BOOKMARK, of('s2 m0'), 5), []);
      assert.deepEqual(await lookup.referring(BOOKMARK, of('none'), 5), []);
      assert.equal((await lookup.referring(MESSAGE, of('s2'), 5)).length, 2);
    },
    [
      ['b1', 's1 m0'],
      ['b2', 's1 m0'],
      ['b3', 's2 m1'],
      ['b4', null],
    ],
  );

  test(`${name}, leases of units: a table that was dropped is an error of Firn`, async () => {
    await using place = await makePlace(unitTables());
    await using opened = await openUnits(place);
    const { note, reader, messages } = await restore(opened);
    place.application.drop('session');
    await assert.rejects(note('session'), isError('refused'));
    await assert.rejects(reader.parentless(MESSAGE, messages), isError('database'));
  });
}

const HOW = {
  overwrite: false,
  dropColumns: false,
  seen: new Map<string, number>(),
  timeColumn: 'ts',
} as const;

async function restore(opened: { readonly reader: HotReader; readonly store: HotStore }): Promise<Restored> {
  const { reader, store } = opened;
  const { session, message } = await boundOf(reader);
  const { together, lines } = await sealUnits(reader, store);
  const { agreed } = await store.drainTogether(together, [], await store.version());
  assert.equal(agreed, true);
  const { now } = ruleOf();
  const until = asInstant(now - 1);
  for (const { shape, segment, lines: own } of [...lines].reverse()) {
    const timeColumn = shape.table === 'message' ? '_time' : 'ts';
    const { outcomes } = await store.rows.insert(shape, own, {
      ...HOW,
      timeColumn,
      lease: { segment, until },
    });
    assert.ok(
      outcomes.every((outcome) => outcome === 'inserted'),
      JSON.stringify(outcomes),
    );
  }
  await store.rows.beginUnits([session.shape, message.shape]);
  const [messages, sessions] = lines.map((one) => one.lines) as [
    readonly Uint8Array[],
    readonly Uint8Array[],
  ];
  return {
    ...{ reader, store, now, messages, sessions },
    segments: { message: lines[0]!.segment, session: lines[1]!.segment },
    note: async (...tables) => {
      if (tables.includes('message')) await store.rows.noteUnits(message.shape, '_time', now, messages);
      if (tables.includes('session')) await store.rows.noteUnits(session.shape, 'ts', now, sessions);
    },
    end: async (unread = []) => {
      const counts: Record<string, number> = {};
      for (let more = true; more; ) {
        const ended = await store.rows.endUnits(now, unread, 4);
        for (const { segment, rows } of ended.deleted) counts[segment] = (counts[segment] ?? 0) + rows;
        more = ended.more;
      }
      return counts;
    },
  };
}
