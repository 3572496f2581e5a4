import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLine, splitLines } from '../../../src/format/line/line.ts';
import type { HotReader, HotStore } from '../../../src/hot/hot-store.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import type { DeclaredRow, HotPlace, MakeHotPlace } from '../hot-place.ts';
import {
  BOOKMARK,
  blocksOf,
  boundOf,
  DAY,
  MESSAGE,
  openUnits,
  sealUnits,
  unitTables,
} from './units-trial.ts';

const SEALED = { message: `${DAY}/message.jsonl.gz`, session: `${DAY}/session.jsonl.gz` };

/** What a hot store owes those who archive rows that belong together. */
export function hotUnitsContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    body: (opened: { reader: HotReader; store: HotStore }, place: HotPlace) => Promise<void>,
    bookmarks: readonly DeclaredRow[] = [],
  ): void => {
    test(`${name}, units: ${title}`, async () => {
      await using place = await makePlace(unitTables(bookmarks));
      await using opened = await openUnits(place);
      await body(opened, place);
    });
  };

  trial('foreign keys are listed, of all tables or of one', async ({ reader }) => {
    assert.deepEqual((await reader.references()).map(plain), [BOOKMARK, MESSAGE]);
    assert.deepEqual((await reader.references('MESSAGE')).map(plain), [MESSAGE]);
    assert.deepEqual(await reader.references('session'), []);
  });

  trial('a survey finds whole units, what stays with them, and rows of no unit', async ({ reader }) => {
    const { session, message } = await boundOf(reader);
    const [sessions, messages] = await reader.surveyBound({ tables: [session, message], references: [] });
    assert.deepEqual([sessions!.days, sessions!.open], [[{ day: DAY, rows: 9 }], 1]);
    assert.deepEqual(messages!.days, [{ day: DAY, rows: 18 }]);
    const { withUnit, orphans, referenced, example } = messages!.bound;
    assert.deepEqual(
      { withUnit, orphans, referenced, example },
      { withUnit: 2, orphans: 2, referenced: 0, example: null },
    );
  });

  trial('an unfinished row of a child keeps its unit', async ({ reader }, { application }) => {
    application.update({ table: 'message', column: 'id', value: 's3 m1' }, 'state', 'open');
    const { session, message } = await boundOf(reader);
    const [sessions, messages] = await reader.surveyBound({ tables: [session, message], references: [] });
    assert.deepEqual([sessions!.days[0]!.rows, sessions!.bound.withUnit], [8, 1]);
    assert.deepEqual([messages!.days[0]!.rows, messages!.open, messages!.bound.withUnit], [16, 1, 3]);
  });

  trial(
    'a row that a remaining row refers to stays, with its unit',
    async ({ reader }) => {
      const { session, message } = await boundOf(reader);
      const [sessions, messages] = await reader.surveyBound({
        ...{ tables: [session, message], references: [BOOKMARK] },
      });
      assert.deepEqual([sessions!.days[0]!.rows, sessions!.bound.withUnit], [8, 1]);
      const { referenced, withUnit, example } = messages!.bound;
      assert.deepEqual([messages!.days[0]!.rows, referenced, withUnit], [16, 1, 3]);
      assert.deepEqual(example, { row: 's4 m0', table: 'bookmark', columns: ['message'] });
    },
    [['b', 's4 m0']],
  );

  trial(
    'ranges of units cover all rows in order, and blocks have the rows of their range',
    async ({ reader }) => {
      const { session, message } = await boundOf(reader);
      await reader.surveyBound({ tables: [session, message], references: [] });
      const ranges = await reader.unitRanges(['session', 'message'], DAY, 5);
      assert.deepEqual(
        ranges.map(({ rows }) => rows),
        [6, 6, 6, 6, 3],
      );
      const seen: string[] = [];
      let before = ranges[0]!.first - 1n;
      for (const range of ranges) {
        assert.ok(before < range.first && range.first <= range.last);
        before = range.last;
        const of: string[] = [];
        let rows = 0;
        for (const table of [session, message]) {
          for (const block of await blocksOf(reader, table, range)) {
            assert.equal(block.units!.length, block.rows);
            assert.ok(block.units!.every((unit) => unit >= range.first && unit <= range.last));
            assert.deepEqual(
              [...block.units!],
              [...block.units!].sort((a, b) => (a < b ? -1 : 1)),
            );
            rows += block.rows;
            const own = splitLines(block.lines).map((line) => decodeLine(line));
            of.push(...own.map((row) => String(row[table === session ? 'id' : 'session'])));
            if (table === message) assert.ok(own.every((row) => row._time === `${DAY}T10:00:00.000000Z`));
          }
        }
        assert.equal(rows, range.rows);
        assert.equal(new Set(of).size * 3, rows, 'whole units');
        seen.push(...new Set(of));
      }
      assert.equal(new Set(seen).size, 9);
      assert.deepEqual(await reader.unitRanges(['session', 'message'], '2026-01-21', 5), []);
    },
  );

  trial(
    'references of remaining rows to leaving ones are counted, with and without an index, or a lower bound is given',
    async ({ reader }, place) => {
      const { session, message } = await boundOf(reader);
      await reader.survey(session.shape, session.rule);
      assert.deepEqual(await reader.dangling(MESSAGE), { rows: 18, isExact: true });
      await reader.surveyBound({ tables: [session, message], references: [] });
      assert.deepEqual(await reader.dangling(MESSAGE), { rows: 0, isExact: true }, 'they leave too');
      assert.deepEqual(await reader.dangling(BOOKMARK), { rows: 3, isExact: true });
      place.application.insert('bookmark', [['b6', 'young m0']]);
      assert.deepEqual(await reader.dangling(BOOKMARK), { rows: 3, isExact: true });
      await using alone = await place.backend.reader();
      await alone.survey(session.shape, session.rule);
      const bounded = async (of: HotReader, tie: typeof MESSAGE, lookedUpRows: number) => {
        setSizes({ lookedUpRows, surveyedTableRows: 2 });
        try {
          return await of.dangling(tie);
        } finally {
          setSizes({});
        }
      };
      // Some of the 18 references, and those of 2 of the 4 rows that refer.
      assert.deepEqual(await bounded(alone, MESSAGE, 2), { rows: 3, isExact: false });
      assert.deepEqual(await bounded(alone, MESSAGE, 17), { rows: 18, isExact: false });
      assert.deepEqual(await bounded(alone, MESSAGE, 18), { rows: 18, isExact: true });
      assert.deepEqual(await bounded(reader, BOOKMARK, 2), { rows: 2, isExact: false });
      assert.deepEqual(await bounded(reader, BOOKMARK, 6), { rows: 3, isExact: true });
    },
    [
      ...[
        ['b1', 's0 m0'],
        ['b2', 's0 m0'],
        ['b3', 's8 m1'],
      ],
      ...[
        ['b4', 'open m0'],
        ['b5', null],
      ],
    ],
  );

  trial(
    'rows of whole units leave in one transaction with their receipts',
    async ({ reader, store }, place) => {
      const { together } = await sealUnits(reader, store);
      const since = await store.version();
      const { agreed } = await store.drainTogether(together, [MESSAGE], since);
      assert.equal(agreed, true);
      assert.deepEqual([place.application.count('message'), place.application.count('session')], [6, 2]);
      for (const [segment, rows] of [
        [SEALED.message, 18],
        [SEALED.session, 9],
      ] as const) {
        const { position, deleted } = (await store.ledger.receipt(segment))!;
        assert.deepEqual({ position, deleted }, { position: rows, deleted: rows });
      }
    },
  );

  trial(
    'when a row reads differently, or a new row refers to one, nothing is deleted',
    async ({ reader, store }, { application }) => {
      const { together } = await sealUnits(reader, store);
      const untouched = async (why: string): Promise<void> => {
        const since = (await store.version()) - 1;
        assert.equal((await store.drainTogether(together, [MESSAGE], since)).agreed, false, why);
        assert.equal(application.count('session'), 11);
        assert.equal((await store.ledger.receipt(SEALED.session))!.position, 0);
      };
      application.update({ table: 'message', column: 'id', value: 's3 m1' }, 'note', 'changed');
      await untouched('changed');
      application.update({ table: 'message', column: 'id', value: 's3 m1' }, 'note', 'note 1');
      application.insert('message', [['new', 's5', 'done', 'new']]);
      await untouched('referred to');
    },
  );

  trial(
    'unit by unit, those that changed or are referred to stay whole',
    async ({ reader, store }, { application }) => {
      const { lines } = await sealUnits(reader, store);
      application.update({ table: 'message', column: 'id', value: 's3 m1' }, 'note', 'changed');
      application.insert('message', [['new', 's5', 'done', 'new']]);
      application.delete({ table: 'message', column: 'id', value: 's7 m0' });
      const [messages, sessions] = await store.drainUnitsTogether(lines, [MESSAGE]);
      assert.deepEqual([messages!.deleted, messages!.changed.length, messages!.absent], [13, 4, 1]);
      assert.deepEqual([sessions!.deleted, sessions!.changed.length, sessions!.absent], [7, 2, 0]);
      assert.deepEqual([application.count('message'), application.count('session')], [6 + 4 + 1, 4]);
      const { position, deleted, changed } = (await store.ledger.receipt(SEALED.session))!;
      assert.deepEqual({ position, deleted, changed }, { position: 9, deleted: 7, changed: 2 });
      assert.deepEqual(await store.ledger.changed(SEALED.session), sessions!.changed);
    },
  );

  trial(
    'lines that are kept count as changed, and their rows stay',
    async ({ reader, store }, { application }) => {
      const { together } = await sealUnits(reader, store);
      const [messages, sessions] = together;
      const { agreed } = await store.drainTogether(
        [{ ...messages!, units: messages!.units.slice(0, 2) }],
        [],
        await store.version(),
      );
      assert.equal(agreed, true);
      await store.keepLines(SEALED.message, 2, 16);
      const { position, deleted, changed } = (await store.ledger.receipt(SEALED.message))!;
      assert.deepEqual({ position, deleted, changed }, { position: 18, deleted: 2, changed: 16 });
      assert.equal((await store.ledger.changed(SEALED.message)).length, 16);
      assert.equal(application.count('message'), 24 - 2);
      assert.equal((await store.ledger.receipt(sessions!.segment))!.position, 0);
    },
  );
}

function plain({ table, columns, parent, parentColumns }: typeof MESSAGE): typeof MESSAGE {
  return { table, columns, parent, parentColumns };
}
