import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { decodeLine, splitLines } from '../../src/format/line/line.ts';
import { bloomContains, bloomFilter } from '../../src/format/segment/bloom.ts';
import type { DrainUnit, HotReader, HotStore, RowBlock, Survey } from '../../src/hot/hot-store.ts';
import { cutLocators } from '../../src/hot/locators.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import type { TableShape } from '../../src/model/shape.ts';
import { AT, HELD, type HotTrial, isError, ROWS, ruleOf, SEGMENT } from '../hot/hot-trial.ts';
import { receiptOf } from '../support/archives/receipts.ts';

/** What every hot store must do. `makeTrial` gives a database with the rows of `rowsOfTrial`, whose triggers may write to other tables or not. */
export function hotStoreContract(
  name: string,
  makeTrial: (allowsTriggers: boolean) => Promise<HotTrial>,
): void {
  const noted = (note: string) => ({ table: 't', column: 'note', value: note });

  const trial = (
    title: string,
    body: (trial: HotTrial, shape: TableShape) => Promise<void>,
    allowsTriggers = false,
  ): void => {
    test(`${name}: ${title}`, async () => {
      await using made = await makeTrial(allowsTriggers);
      const shape = await made.reader.shape('t');
      assert.ok(shape);
      await body(made, shape);
    });
  };

  trial('a survey counts what is due by day, and what stays by reason', async ({ reader }, shape) => {
    assert.deepEqual(await reader.survey(shape, ruleOf(HELD)), {
      days: [
        { day: '2025-12-01', rows: 1 },
        { day: '2026-01-20', rows: 3 },
        { day: '2026-01-21', rows: 1 },
        { day: '2026-02-03', rows: 1 },
      ],
      ...{ open: 1, held: 1, leased: 0, lastId: 0, ruled: 0, newest: 0, undated: 3 },
    });
    assert.equal((await reader.survey(shape, ruleOf())).held, 0);
  });

  trial('a table is found by every name that its dialect takes for the same', async ({ reader }) => {
    assert.equal((await reader.shape('T')) !== null, reader.dialect.sameName('T', 't'));
    assert.equal(await reader.shape('t2'), null);
  });

  trial('blocks hold the due rows of a day as they are', async ({ reader }, shape) => {
    await reader.survey(shape, ruleOf());
    const [block, ...more] = await blocksOf(reader, shape, '2026-01-20');
    assert.equal(more.length, 0);
    const rows = splitLines(block!.lines).map((line) => decodeLine(line));
    assert.deepEqual(
      rows.map(({ note }) => note),
      ['note 0', 'note 1', 'note 2'],
    );
    assert.deepEqual(
      Object.keys(rows[0]!).slice(0, shape.columns.length),
      shape.columns.map((c) => c.name),
    );
    assert.equal(rows[0]!._archived_at, AT);
    assert.equal(rows.length, block!.rows);
    assert.equal(rows[1]!.ts, ROWS[1]![0]);
    assert.equal(block!.minTime, Date.parse('2026-01-20T10:00:00Z') * 1000 + 120157);
    assert.equal(block!.maxTime, Date.parse('2026-01-20T23:59:59Z') * 1000);
    assert.ok(bloomContains(bloomFilter(block!.keys.get('state')!), 'done'));
    assert.equal(bloomFilter(block!.keys.get('state')!).length, bloomFilter(['done']).length);
    for (const key of shape.primaryKey) {
      assert.ok(block!.keys.get(key)!.length > 0 || rows.every((row) => row[key] === null));
    }
  });

  trial(
    'a survey for the first due rows finds some where a whole one does, and is forgotten by it',
    async ({ reader }, shape) => {
      const early = { ...ruleOf(), cutoff: instantOfMs(Date.UTC(2020, 0, 1)) };
      assert.deepEqual(await reader.survey(shape, early, 'first'), await reader.survey(shape, early));
      const first = await reader.survey(shape, ruleOf(), 'first');
      assert.ok(first.days.length > 0);
      const whole = await reader.survey(shape, ruleOf());
      const count = ({ days }: Survey): number => days.reduce((sum, { rows }) => sum + rows, 0);
      assert.ok(count(first) <= count(whole));
      const [block] = await blocksOf(reader, shape, '2026-01-20');
      assert.equal(block!.rows, 3);
    },
  );

  trial('small blocks together hold the same rows', async ({ reader }, shape) => {
    await reader.survey(shape, ruleOf());
    const blocks = await blocksOf(reader, shape, '2026-01-20', 1);
    const [whole] = await blocksOf(reader, shape, '2026-01-20');
    assert.deepEqual(Buffer.concat(blocks.map(({ lines }) => lines)), Buffer.from(whole!.lines));
    assert.equal(
      blocks.reduce((sum, { rows }) => sum + rows, 0),
      3,
    );
  });

  trial(
    'rows that were changed or deleted since the survey are left out',
    async ({ reader, application }, shape) => {
      await reader.survey(shape, ruleOf());
      application.delete(noted('note 0'));
      application.update(noted('note 1'), 'state', 'open');
      const [block] = await blocksOf(reader, shape, '2026-01-20');
      assert.equal(block!.rows, 1);
      application.update(noted('note 2'), 'ts', '2026-01-25');
      assert.deepEqual(await blocksOf(reader, shape, '2026-01-20'), []);
      assert.deepEqual(await blocksOf(reader, shape, '2026-01-25'), []);
    },
  );

  trial(
    'draining deletes rows and moves the receipt on together',
    async ({ reader, store, application }, shape) => {
      const { units, lines } = await seal(reader, store, shape);
      const result = await drain(store, shape, units, lines);
      assert.equal(result, 3);
      assert.equal(application.count('t'), ROWS.length - 3);
      const receipt = await store.ledger.receipt(SEGMENT);
      const { state, position, deleted, changed, absent } = receipt!;
      assert.deepEqual(
        { state, position, deleted, changed, absent },
        { state: 'draining', position: 3, deleted: 3, changed: 0, absent: 0 },
      );
    },
  );

  trial('draining stops in front of a unit that disagrees', async ({ reader, store, application }, shape) => {
    const { units } = await seal(reader, store, shape);
    if (units[0]!.locators.width === 0) return;
    application.update(noted('note 1'), 'note', 'changed');
    assert.equal((await store.drain(shape, SEGMENT, AT, units)).handled, 1);
    assert.equal((await store.ledger.receipt(SEGMENT))!.position, 1);
    assert.equal((await store.drain(shape, SEGMENT, AT, units.slice(1))).handled, 0);
    assert.equal(application.count('t'), ROWS.length - 1);
  });

  trial(
    'line by line, changed rows stay and absent rows are counted',
    async ({ reader, store, application }, shape) => {
      const { lines } = await seal(reader, store, shape);
      application.update(noted('note 1'), 'note', 'changed');
      application.delete(noted('note 2'));
      const keyed = splitLines(Buffer.concat(lines)).every((line) => decodeLine(line).id !== null);
      assert.deepEqual(await reader.present(shape, lines), keyed ? [0, 1] : [0]);
      const first = await store.drainLines(shape, SEGMENT, AT, 0, lines);
      assert.deepEqual([first.deleted, first.changed, first.absent], keyed ? [1, [1], 1] : [1, [], 2]);
      assert.deepEqual(await store.ledger.changed(SEGMENT), keyed ? [1] : []);
      assert.equal(application.count('t', noted('changed')), 1);
      assert.equal((await store.ledger.receipt(SEGMENT))!.position, 3);
      const again = await store.drainLines(shape, SEGMENT, AT, 0, lines);
      assert.equal(again.deleted, 0);
    },
  );

  trial(
    'lines whose columns have other names now, or are not compared, are found by the others',
    async ({ reader, store, application }, shape) => {
      const { lines } = await seal(reader, store, shape);
      const renamed = lines.map((line) =>
        Buffer.from(String(Buffer.from(line)).replace('"note":', '"was":')),
      );
      const own = shape.columns.map(({ name }) => name).filter((name) => name !== 'state');
      const names = new Map(own.map((name) => [name === 'note' ? 'was' : name, name]));
      assert.deepEqual(await reader.standingAs(shape, AT, renamed, names), [0, 1, 2]);
      application.update(noted('note 0'), 'state', 'changed');
      application.update(noted('note 1'), 'note', 'changed');
      assert.deepEqual(await reader.standingAs(shape, AT, renamed, names), [0, 2]);
      assert.deepEqual(await reader.standing(shape, AT, lines), [2]);
    },
  );

  trial('nothing is deleted without a receipt', async ({ reader, store, application }, shape) => {
    const { units, lines } = await seal(reader, store, shape);
    await store.ledger.forget(SEGMENT);
    await assert.rejects(drain(store, shape, units, lines), isError('refused'));
    await assert.rejects(store.drainLines(shape, SEGMENT, AT, 0, lines), isError('refused'));
    assert.equal(application.count('t'), ROWS.length);
  });

  trial(
    'a trigger that keeps a row keeps all, and is an error',
    async ({ reader, store, application, keep }, shape) => {
      const { units, lines } = await seal(reader, store, shape);
      keep('note 1');
      await assert.rejects(drain(store, shape, units, lines), isError('database'));
      await assert.rejects(store.drainLines(shape, SEGMENT, AT, 0, lines), isError('database'));
      assert.equal(application.count('t'), ROWS.length);
      assert.equal((await store.ledger.receipt(SEGMENT))!.state, 'sealing');
    },
  );

  trial(
    'triggers that are allowed fire, and cascades do not',
    async ({ reader, store, application, addSideEffects }, shape) => {
      addSideEffects();
      const { units, lines } = await seal(reader, store, shape);
      assert.equal(await drain(store, shape, units, lines), 3);
      assert.equal(application.count('log'), 3);
      assert.equal(application.count('child'), 1);
    },
    true,
  );

  trial(
    'no row is deleted where a trigger would write to another table',
    async ({ reader, store, application, addSideEffects }, shape) => {
      addSideEffects();
      const { units, lines } = await seal(reader, store, shape);
      await assert.rejects(drain(store, shape, units, lines), isError('refused'));
      assert.equal(application.count('t'), ROWS.length);
      assert.equal(application.count('log'), 0);
    },
  );

  trial(
    'others who keep the database locked make it busy, and nothing is lost',
    async ({ reader, store, application }, shape) => {
      const { units, lines } = await seal(reader, store, shape);
      {
        using _ = application.lock();
        await assert.rejects(drain(store, shape, units, lines), isError('unavailable'));
      }
      assert.equal(await drain(store, shape, units, lines), 3);
      assert.equal(application.count('t'), ROWS.length - 3);
    },
  );

  trial('keys are those of every row, written as in a segment', async ({ reader, application }, shape) => {
    assert.deepEqual([await reader.count(shape, 5), await reader.count(shape, 1000)], [5, ROWS.length]);
    if (shape.primaryKey.length === 0) return;
    const read = async (): Promise<string[]> => {
      const blocks: Uint8Array[] = [];
      for await (const lines of reader.keys(shape)) blocks.push(Uint8Array.from(lines));
      return splitLines(Buffer.concat(blocks)).map((line) => Buffer.from(line).toString());
    };
    const keys = await read();
    assert.equal(keys.length, ROWS.length);
    const start = (line: string) => line.slice(0, line.indexOf(',"_archived_at":'));
    await reader.survey(shape, ruleOf());
    const inKey = shape.columns.filter(({ key }) => key > 0).length;
    for (const block of await blocksOf(reader, shape, '2026-01-20')) {
      for (const line of splitLines(block.lines)) {
        if (!shape.columns.slice(0, inKey).every(({ key }) => key > 0)) break;
        const text = Buffer.from(line).toString();
        assert.ok(
          keys.some((key) => text.startsWith(start(key))),
          text,
        );
      }
    }
    for (const id of ROWS.keys()) application.delete(noted(`note ${id}`));
    assert.deepEqual([await read(), await reader.count(shape, 5)], [[], 0]);
  });

  trial('the store knows when others wrote', async ({ store, application }) => {
    await store.othersWrote();
    await store.ledger.identify('me');
    assert.equal(await store.othersWrote(), false);
    application.update(noted('note 12'), 'note', 'x');
    assert.equal(await store.othersWrote(), true);
    await store.checkpoint();
    assert.equal(await store.othersWrote(), false);
  });
}

async function blocksOf(
  reader: HotReader,
  shape: TableShape,
  day: string,
  bytes = 1 << 20,
): Promise<RowBlock[]> {
  const blocks: RowBlock[] = [];
  for await (const block of reader.blocks(shape, ruleOf(), day, AT, bytes)) blocks.push(block);
  return blocks;
}

/** Makes one unit of each row of 2026-01-20, and a receipt. */
async function seal(
  reader: HotReader,
  store: HotStore,
  shape: TableShape,
): Promise<{ units: DrainUnit[]; lines: Uint8Array[] }> {
  await reader.survey(shape, ruleOf());
  const [block] = await blocksOf(reader, shape, '2026-01-20');
  const lines = splitLines(block!.lines);
  const units = lines.map((line, at) => ({
    ...{ first: at, rows: 1, digest: hash('sha256', line, 'buffer') },
    locators: cutLocators(block!.locators, at, 1),
  }));
  await store.ledger.insert([receiptOf(SEGMENT, { state: 'sealing', position: 0, deleted: 0 })]);
  return { units, lines };
}

/** By units where rows have locators, by lines where not. */
async function drain(
  store: HotStore,
  shape: TableShape,
  units: DrainUnit[],
  lines: Uint8Array[],
): Promise<number> {
  if (units[0]!.locators.width === 0) return (await store.drainLines(shape, SEGMENT, AT, 0, lines)).deleted;
  const { handled, deleted } = await store.drain(shape, SEGMENT, AT, units);
  assert.equal(handled, units.length);
  return deleted;
}
