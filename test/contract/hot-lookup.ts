import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLine, type SqlValue } from '../../src/format/line/line.ts';
import { encodeLine } from '../../src/format/line/line-encode.ts';
import { asInstant } from '../../src/model/instant.ts';
import { parseInstant } from '../../src/model/time/parse-instant.ts';
import { isError } from '../hot/hot-trial.ts';
import { receiptOf } from '../support/archives/receipts.ts';
import { type DeclaredTable, declaredTable, type MakeHotPlace } from './hot-place.ts';
import { idsAndNotes, query, SearchedPlace } from './searched-place.ts';

const SEGMENT = '2026-01-20/events.jsonl.gz';
const ARCHIVED_AT = '2026-02-01T00:00:00.000Z';
const UNTIL = parseInstant('2026-03-01T00:00:00Z')!;

const EVENTS = declaredTable([
  ['c', '2026-01-22T00:00:00Z', 'open', 'The Third'],
  ['a', '2026-01-20T00:00:00Z', 'done', 'first'],
  ['b', '2026-01-21T01:00:00+02:00', 'done', 'second 100%'],
  ['undated', 'yesterday', 'done', 'third'],
  ['timeless', null, null, null],
]);

/** What every lookup of a hot store owes its callers. */
export function hotLookupContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    tables: readonly DeclaredTable[],
    body: (world: SearchedPlace) => Promise<void>,
  ): void => {
    test(`${name}, lookup: ${title}`, async () => {
      await using place = await makePlace(tables);
      await using lookup = await place.backend.lookup();
      await body(new SearchedPlace(place, lookup));
    });
  };

  trial(
    'rows come in the order of their time, those without one last, either way round',
    [EVENTS],
    async (world) => {
      const oldest = await world.find({});
      assert.deepEqual(oldest.slice(0, 3), ['a', 'b', 'c']);
      assert.deepEqual(oldest.slice(3).toSorted(), ['timeless', 'undated']);
      const newest = await world.find({ order: 'newest' });
      assert.deepEqual(newest.slice(0, 3), ['c', 'b', 'a']);
      assert.deepEqual(newest.slice(3).toSorted(), ['timeless', 'undated']);
    },
  );

  trial('a limit takes the first rows of the order, and none when it is 0', [EVENTS], async (world) => {
    assert.deepEqual(await world.find({ limit: 2 }), ['a', 'b']);
    assert.deepEqual(await world.find({ limit: 1, order: 'newest' }), ['c']);
    assert.deepEqual(await world.find({ limit: 0 }), []);
    assert.equal((await world.find({ limit: 99 })).length, 5);
  });

  trial('bounds of time are inclusive, and a row without a time is in none', [EVENTS], async (world) => {
    const [second, third] = [parseInstant('2026-01-20T23:00:00Z')!, parseInstant('2026-01-22T00:00:00Z')!];
    assert.deepEqual(await world.find({ since: second }), ['b', 'c']);
    assert.deepEqual(await world.find({ until: second }), ['a', 'b']);
    assert.deepEqual(await world.find({ since: second, until: third }), ['b', 'c']);
    assert.deepEqual(await world.find({ since: asInstant(third + 1) }), []);
    assert.equal((await world.find({ timeColumn: null })).length, 5);
    assert.deepEqual(await world.find({ timeColumn: null, since: second }), []);
  });

  trial('all conditions hold at once; NULL matches none of them', [EVENTS], async (world) => {
    const of = (column: string, op: '=' | '!=' | '~' | '>', value: string) => ({ column, op, value });
    assert.deepEqual(await world.find({ where: [of('state', '=', 'done')] }), ['a', 'b', 'undated']);
    assert.deepEqual(await world.find({ where: [of('state', '!=', 'done')] }), ['c']);
    assert.deepEqual(await world.find({ where: [of('id', '=', 'a'), of('state', '=', 'open')] }), []);
    assert.deepEqual(await world.find({ where: [of('note', '~', 'THIRD')] }), ['c', 'undated']);
    assert.deepEqual(await world.find({ where: [of('note', '~', '0%')] }), ['b'], 'no pattern');
    assert.deepEqual(await world.find({ where: [of('absent', '=', 'a')] }), []);
    assert.deepEqual(await world.find({ among: { column: 'id', values: new Set(['a', 'c', "x'"]) } }), [
      'a',
      'c',
    ]);
    assert.deepEqual(await world.find({ among: { column: 'id', values: new Set() } }), []);
    const list = {
      where: [],
      since: null,
      until: null,
      among: { column: 'id', values: new Set(['a', 'B']) },
    };
    assert.deepEqual((await world.find({ erased: [list] })).sort(), ['b', 'c', 'timeless', 'undated']);
    assert.deepEqual(await world.find({ text: 'th' }), ['c', 'undated']);
  });

  const untyped: DeclaredTable = {
    ...{ name: 'events', key: ['id'] },
    columns: [
      { name: 'id', type: 'text' },
      { name: 'ts', type: 'text' },
      { name: 'of', type: 'blob' },
    ],
    rows: [
      ['number', null, 5n],
      ['text', null, '5'],
      ['large', null, 2n ** 60n + 1n],
      ['larger', null, 2n ** 60n + 2n],
      ['bytes', null, new Uint8Array([53])],
      ['upper', null, 'A'],
      ['none', null, null],
    ],
  };

  trial('a value in a list is compared as text with numbers and texts', [untyped], async (world) => {
    const found = (...values: string[]) =>
      world.find({ among: { column: 'of', values: new Set(values) }, where: [] });
    assert.deepEqual([...(await found('5'))].sort(), ['number', 'text']);
    assert.deepEqual(await found(String(2n ** 60n + 1n), 'a'), ['large']);
    assert.deepEqual(await found('05', '5.0x', ' 5'), []);
  });

  trial('rows that an erasure concerns are not found', [EVENTS], async (world) => {
    const where = [{ column: 'state', op: '=', value: 'done' } as const];
    const all = { since: null, until: null };
    assert.deepEqual(await world.find({ erased: [{ where, ...all }] }), ['c', 'timeless']);
    const until = parseInstant('2026-01-20T12:00:00Z')!;
    const early = await world.find({ erased: [{ where, since: null, until }] });
    assert.deepEqual(
      early.filter((id) => id === 'a' || id === 'b'),
      ['b'],
    );
  });

  trial('a found row is the line that a segment would hold, without its date', [EVENTS], async (world) => {
    const finding = await world.lookup.find('events', await world.shape(), query({ limit: 1 }));
    await using _finding = finding;
    assert.equal(finding.count, 1);
    for await (const { time, line } of finding.rows()) {
      assert.equal(time, parseInstant('2026-01-20T00:00:00Z'));
      const row = { id: 'a', ts: '2026-01-20T00:00:00Z', state: 'done', note: 'first' };
      assert.deepEqual(Buffer.from(line), Buffer.from(encodeLine(Object.keys(row), row)));
    }
  });

  trial('what was found stays as it was found, however slowly it is read', [EVENTS], async (world) => {
    await using finding = await world.lookup.find('events', await world.shape(), query({}));
    const { application } = world.place;
    application.update({ table: 'events', column: 'id', value: 'a' }, 'note', 'changed');
    application.delete({ table: 'events', column: 'id', value: 'b' });
    const rows = await idsAndNotes(finding.rows());
    assert.deepEqual(rows.slice(0, 2), ['a first', 'b second 100%']);
    assert.deepEqual(await idsAndNotes(finding.rows()), rows, 'and can be read again');
  });

  trial('several findings can be open at once', [EVENTS], async (world) => {
    const shape = await world.shape();
    const made = await Promise.all(
      [1, 2, 3].map((limit) => world.lookup.find('events', shape, query({ limit }))),
    );
    const read = await Promise.all(made.map(async (finding) => (await idsAndNotes(finding.rows())).length));
    assert.deepEqual(read, [1, 2, 3]);
    for (const finding of made) await finding[Symbol.asyncDispose]();
  });

  const many = declaredTable(
    Array.from({ length: 5_000 }, (_, at) => [
      `id-${at}`,
      new Date(Date.UTC(2026, 0, 20) + ((at * 7919) % 5_000) * 1_000).toISOString(),
      'done',
      'x'.repeat(at % 300),
    ]),
  );
  trial('many rows come in batches, each once and in order', [many], async (world) => {
    await using finding = await world.lookup.find('events', await world.shape(), query({}));
    assert.equal(finding.count, 5_000);
    let [last, seen] = [Number.NEGATIVE_INFINITY, new Set<SqlValue>()];
    for await (const { time, line } of finding.rows()) {
      assert.ok(time! > last);
      last = time!;
      seen.add(decodeLine(line).id!);
    }
    assert.equal(seen.size, 5_000);
  });

  const odd: DeclaredTable = {
    name: 'sel"ect ☃',
    columns: [
      { name: 'key"s', type: 'blob' },
      { name: 'group', type: 'integer' },
      { name: "it's", type: 'text' },
    ],
    key: ['group', 'key"s'],
    rows: [
      [Uint8Array.of(0, 255), 2n ** 62n, '2026-01-20'],
      [Uint8Array.of(), -5n, '2026-01-21'],
    ],
  };
  trial('odd names, BLOB keys and 64-bit numbers are found to the bit', [odd], async (world) => {
    const shape = (await world.shape(odd.name))!;
    const where = [{ column: 'group', op: '=', value: String(2n ** 62n) } as const];
    const found = await world.rows(odd.name, shape, { where, timeColumn: "it's" });
    assert.deepEqual(found, [{ 'key"s': Buffer.of(0, 255), group: 2n ** 62n, "it's": '2026-01-20' }]);
    const bytes = [{ column: 'key"s', op: '=', value: "x'00ff'" } as const];
    const byBlob = await world.rows(odd.name, shape, { where: bytes, timeColumn: null });
    assert.deepEqual(byBlob, found);
  });

  const keyless = declaredTable(EVENTS.rows, { key: [] });
  trial(
    'a table without a key gives rows with their `_rowid`, by which they are found',
    [keyless],
    async (world) => {
      const shape = (await world.shape())!;
      const [row] = await world.rows('events', shape, { limit: 1 });
      assert.equal(row!.id, 'a');
      const where = [{ column: '_rowid', op: '=', value: String(row!._rowid) } as const];
      assert.deepEqual(await world.rows('events', shape, { where }), [row]);
    },
  );

  trial(
    'a table without rows, and one that the database lacks, give nothing but receipts',
    [declaredTable([])],
    async (world) => {
      const { place, lookup } = world;
      assert.deepEqual(await world.find({}), []);
      const receipt = receiptOf('2026-01-20/gone.jsonl.gz');
      await world.writing(async (store) => await store.ledger.insert([receipt, receiptOf(SEGMENT)]));
      await using finding = await lookup.find('gone', null, null);
      assert.deepEqual([finding.receipts, finding.count], [[receipt], 0]);
      assert.deepEqual([finding.leased.size, finding.kept.size], [0, 0]);
      assert.deepEqual(await idsAndNotes(finding.rows()), []);
      assert.deepEqual([await finding.leasedAmong([], 'ts'), await finding.twinsAmong([])], [[], []]);
      const shape = await world.shape();
      place.application.drop('events');
      await assert.rejects(lookup.find('events', shape, query({})), isError('not_found'));
      assert.equal((await lookup.find('events', null, null)).receipts.length, 1, 'the lookup goes on');
    },
  );

  trial('a question about a table that was dropped is an error of Firn', [EVENTS], async (world) => {
    const shape = (await world.shape())!;
    world.place.application.drop('events');
    const where = [{ column: 'id', op: '=', value: 'a' } as const];
    await assert.rejects(world.lookup.isOpen(shape, "state = 'open'", where), isError('refused'));
    await assert.rejects(world.lookup.hasLastId(shape, where), isError('refused'));
  });

  trial('whether a row is unfinished is asked by its key', [EVENTS], async (world) => {
    const shape = (await world.shape())!;
    const isOpen = (id: string) =>
      world.lookup.isOpen(shape, "state = 'open'", [{ column: 'id', op: '=', value: id }]);
    assert.deepEqual(
      [await isOpen('c'), await isOpen('a'), await isOpen('timeless'), await isOpen('absent')],
      [true, false, false, false],
    );
    await assert.rejects(
      world.lookup.isOpen(shape, 'nonsense (', [{ column: 'id', op: '=', value: 'a' }]),
      isError('config'),
    );
  });

  trial(
    'a restored row has a lease, and its line is told as leased until the row is another',
    [EVENTS],
    async (world) => {
      const shape = (await world.shape())!;
      const row = { id: 'r', ts: '2026-01-20T05:00:00Z', state: 'done', note: 'restored' };
      const line = encodeLine([...Object.keys(row), '_archived_at'], { ...row, _archived_at: ARCHIVED_AT });
      const other = Buffer.from(Buffer.from(line).toString().replace('"r"', '"s"'));
      assert.equal(await world.lookup.leaseOf(shape, 'ts', line), null);
      await world.writing(async (store) => {
        await store.ledger.insert([receiptOf(SEGMENT)]);
        const { outcomes } = await store.rows.insert(shape, [line], {
          ...{ overwrite: false, dropColumns: false, seen: new Map(), timeColumn: 'ts' },
          lease: { segment: SEGMENT, until: UNTIL },
        });
        assert.deepEqual(outcomes, ['inserted']);
      });
      const found = async () => await world.lookup.leaseOf(shape, 'ts', line);
      const leased = async (asked: readonly Uint8Array[]) => {
        await using finding = await world.lookup.find('events', shape, query({}), 'leased');
        assert.deepEqual([...finding.leased], [SEGMENT]);
        assert.deepEqual(await idsAndNotes(finding.rows()), [], 'rows are not wanted');
        return await finding.leasedAmong(asked, 'ts');
      };
      assert.deepEqual(await found(), { until: UNTIL, found: 'same' });
      assert.equal(await world.lookup.leaseOf(shape, 'ts', other), null);
      assert.deepEqual(await leased([other, line]), [1]);
      world.place.application.update({ table: 'events', column: 'id', value: 'r' }, 'note', 'edited');
      assert.deepEqual(await found(), { until: UNTIL, found: 'edited' });
      assert.deepEqual(await leased([line]), [0]);
      world.place.application.delete({ table: 'events', column: 'id', value: 'r' });
      assert.deepEqual(await found(), { until: UNTIL, found: 'gone' });
      assert.deepEqual(await leased([line]), []);
    },
  );

  trial('orders of erasure are those that were recorded', [EVENTS], async (world) => {
    assert.deepEqual(await world.lookup.erasures(), []);
    const order = {
      ...{ table: 'events', where: [{ column: 'id', op: '=', value: "it's" } as const] },
      ...{ since: null, until: UNTIL, erasedAt: ARCHIVED_AT, rows: 3 },
    };
    const listed = {
      ...order,
      ...{ where: [], among: { column: 'id', values: new Set(['b', 'a']) }, rows: 2 },
    };
    const again = { ...listed, among: { column: 'id', values: new Set(['a', 'b']) } };
    await world.writing(async (store) => {
      for (const one of [order, listed, again]) await store.rows.recordErasure(one);
    });
    assert.deepEqual(await world.lookup.erasures(), [order, { ...again, rows: 4 }]);
  });

  trial('searching does not wait for somebody who writes, and changes no table', [EVENTS], async (world) => {
    const before = world.place.application.tables();
    using _lock = world.place.application.lock();
    assert.equal((await world.find({})).length, 5);
    assert.deepEqual(world.place.application.tables(), before);
  });
}
