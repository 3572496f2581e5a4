import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HotStore } from '../../src/hot/hot-store.ts';
import type { Ledger, LedgerReader, Receipt } from '../../src/hot/ledger.ts';
import type { AlarmFinding } from '../../src/hot/recorded-alarm.ts';
import { asInstant } from '../../src/model/instant.ts';
import { isError } from '../hot/hot-trial.ts';
import { lakeFileOf } from '../support/archives/lake-files.ts';
import { receiptOf } from '../support/archives/receipts.ts';
import { declaredTable, type HotPlace, type MakeHotPlace } from './hot-place.ts';

const AT = '2026-02-10T12:00:00.000Z';
const LATER = '2026-02-11T12:00:00.000Z';

/** What every ledger owes its callers. */
export function ledgerContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (
    title: string,
    body: (ledger: Ledger, reader: LedgerReader, place: HotPlace) => Promise<void>,
  ): void => {
    test(`${name}, ledger: ${title}`, async () => {
      await using place = await makePlace([declaredTable([])]);
      await using store: HotStore = await place.backend.store({ allowsTriggers: () => false });
      await using reader = await place.backend.reader();
      await body(store.ledger, reader.ledger, place);
    });
  };

  trial(
    'before the first write everything is empty, and asking makes no table',
    async (ledger, reader, place) => {
      for (const each of [ledger, reader]) {
        assert.deepEqual(
          [await each.identity(), await each.generation(), await each.receipt('a')],
          [null, null, null],
        );
        assert.deepEqual([await each.receipts(), await each.holds(), await each.alarms()], [[], [], []]);
        const lists = [await each.changed('a'), await each.lastIds('a'), await each.leasedByRowid()];
        assert.deepEqual(lists, [[], [], []]);
        assert.deepEqual(await each.lakeFiles(), []);
      }
      await ledger.raise([], AT);
      await ledger.resolve([]);
      await ledger.acknowledge([], { at: AT, by: null, reason: 'why' });
      assert.deepEqual(place.application.tables(), ['events']);
    },
  );

  trial(
    'what is not there can be forgotten, removed and resolved, and nothing happens',
    async (ledger, reader) => {
      await ledger.forget('2026-01-20/t.jsonl.gz');
      assert.equal(await ledger.removeHold(1), false);
      await ledger.resolve([{ kind: 'missing', subject: 'a' }]);
      await ledger.acknowledge([{ kind: 'missing', subject: 'a' }], { at: AT, by: null, reason: 'why' });
      await ledger.insert([]);
      await ledger.move([]);
      await ledger.confirm([]);
      assert.deepEqual([await reader.receipts(), await reader.holds(), await reader.alarms()], [[], [], []]);
    },
  );

  trial('identity and generation are the last that were set', async (ledger, reader) => {
    await ledger.identify('me');
    assert.deepEqual([await reader.identity(), await reader.generation()], ['me', null]);
    await ledger.setGeneration('g1');
    await ledger.setGeneration('g2');
    await ledger.identify('you');
    assert.deepEqual([await reader.identity(), await reader.generation()], ['you', 'g2']);
  });

  trial('every field of a receipt reads back as it was written', async (ledger, reader) => {
    const plain = receiptOf('2026-01-20/t.jsonl.gz');
    const odd: Receipt = {
      ...receiptOf('2026-01-20/od"d%20☃.jsonl.gz', { adopted: true, provedAt: AT, purgedAt: LATER }),
      ...{ table: `od"d '☃\u2028 `, state: 'purged', tier: 'cold', replacedBy: 'erased' },
      ...{ rows: 0, bytes: Number.MAX_SAFE_INTEGER, rawBytes: 2 ** 40, position: 2 ** 31, part: 70_000 },
      // From year 1 to year 9999, as `Instant` has them: whole seconds beyond 2^53.
      ...{ minTime: asInstant(-62_135_596_800_000_000), maxTime: asInstant(253_402_300_799_000_000) },
    };
    await ledger.insert([plain, odd]);
    assert.deepEqual(await reader.receipt(plain.segment), plain);
    assert.deepEqual(await reader.receipt(odd.segment), odd);
  });

  trial(
    'receipts are told by table, whatever its ASCII case, and by state; in the order of table, day and part',
    async (ledger, reader) => {
      const made = [
        receiptOf('2026-01-20/t.10.jsonl.gz', { part: 10 }),
        receiptOf('2026-01-20/t.2.jsonl.gz', { part: 2, state: 'purged' }),
        receiptOf('2026-01-19/t.jsonl.gz', { state: 'draining' }),
        receiptOf('2026-01-18/ä.jsonl.gz', { table: 'ä' }),
      ];
      await ledger.insert(made);
      const segments = async (filter?: Parameters<LedgerReader['receipts']>[0]) =>
        (await reader.receipts(filter)).map(({ segment }) => segment);
      const [tenth, second, first, umlaut] = made.map(({ segment }) => segment) as [
        string,
        string,
        string,
        string,
      ];
      assert.deepEqual(await segments(), [first, second, tenth, umlaut]);
      assert.deepEqual(await segments({ table: 'T' }), [first, second, tenth]);
      assert.deepEqual(await segments({ table: 'Ä' }), []);
      assert.deepEqual(await segments({ table: '%' }), []);
      assert.deepEqual(await segments({ state: ['purged', 'draining'] }), [first, second]);
      assert.deepEqual(await segments({ table: 't', state: ['archived'] }), [tenth]);
      assert.deepEqual(await segments({ state: [] }), []);
    },
  );

  trial('thousands of receipts are recorded at once, and all of them are read', async (ledger, reader) => {
    const many = Array.from({ length: 3_000 }, (_, at) => receiptOf(`2026-01-20/t.${at + 1}.jsonl.gz`));
    await ledger.insert(many);
    assert.deepEqual(await reader.receipts(), many);
    await ledger.move(many.map((from) => ({ from, to: { ...from, tier: 'cold' } })));
    assert.ok((await reader.receipts()).every(({ tier }) => tier === 'cold'));
  });

  trial('receipts that were asked for before are those of now', async (ledger, reader, place) => {
    const a = receiptOf('2026-01-20/t.jsonl.gz');
    const b = receiptOf('2026-01-20/t.2.jsonl.gz');
    await using other = await place.backend.store({ allowsTriggers: () => false });
    const are = async (expected: readonly Receipt[]): Promise<void> => {
      for (const each of [ledger, reader, other.ledger]) {
        assert.deepEqual(await each.receipts(), expected);
        assert.deepEqual(await each.receipts({ state: ['archived', 'sealing'] }), expected);
      }
    };
    await are([]);
    await ledger.insert([a]);
    await are([a]);
    await assert.rejects(ledger.insert([b, a]), isError('refused'));
    await are([a]);
    await other.ledger.insert([b]);
    await are([a, b]);
    await ledger.move([{ from: a, to: { ...a, rows: 1 } }]);
    await are([{ ...a, rows: 1 }, b]);
    await other.ledger.move([{ from: b, to: { ...b, state: 'sealing' } }]);
    await other.ledger.forget(b.segment);
    await are([{ ...a, rows: 1 }]);
  });

  trial('a receipt is recorded once, and moved only by whoever has read it', async (ledger, reader) => {
    const a = receiptOf('2026-01-20/t.jsonl.gz');
    const b = receiptOf('2026-01-20/t.2.jsonl.gz', { purgedAt: AT, state: 'purged' });
    await ledger.insert([a]);
    // As two writers that took the same part number.
    const other = { ...a, digest: 'e'.repeat(64), rows: 3 };
    const cold = { ...a, tier: 'cold' } as const;
    await assert.rejects(ledger.insert([b, other]), isError('refused'));
    await assert.rejects(ledger.insert([b, b]), isError('refused'));
    await assert.rejects(ledger.move([{ from: b, to: b }]), isError('refused'));
    await assert.rejects(ledger.move([{ from: other, to: { ...other, tier: 'cold' } }]), isError('refused'));
    await assert.rejects(ledger.move([{ from: a, to: { ...a, segment: 'x' } }]), isError('refused'));
    await assert.rejects(ledger.move([{ from: a, to: cold }], [other]), isError('refused'));
    await assert.rejects(
      ledger.move([
        { from: a, to: cold },
        { from: a, to: { ...a, rows: 1 } },
      ]),
      isError('refused'),
    );
    await assert.rejects(ledger.confirm([other]), isError('refused'));
    assert.deepEqual(await reader.receipts(), [a], 'what was refused changed nothing');
    const replaced = { ...a, state: 'replaced', replacedBy: b.segment } as const;
    await ledger.move([{ from: a, to: replaced }], [b]);
    await ledger.confirm([replaced, b]);
    assert.deepEqual(await reader.receipts(), [replaced, b]);
  });

  trial(
    'only a segment that is being sealed is forgotten, and its name can be given again',
    async (ledger, reader) => {
      const sealing = receiptOf('2026-01-20/t.jsonl.gz', { state: 'sealing' });
      for (const state of ['draining', 'archived', 'replaced', 'purged'] as const) {
        const kept = receiptOf(`2026-01-21/${state}.jsonl.gz`, { state });
        await ledger.insert([kept]);
        await assert.rejects(ledger.forget(kept.segment), isError('refused'));
        assert.deepEqual(await reader.receipt(kept.segment), kept);
      }
      await ledger.insert([sealing]);
      await ledger.forget(sealing.segment);
      assert.equal(await reader.receipt(sealing.segment), null);
      await ledger.insert([sealing]);
    },
  );

  trial(
    'holds keep their conditions to the letter, in the order in which they were added',
    async (ledger, reader) => {
      const conditions = [
        { column: 'od"d ☃', op: '~', value: `it's "50%"\u0000\n` },
        { column: '', op: '!=', value: '' },
      ] as const;
      const first = await ledger.addHold({ table: 'Events', conditions, reason: 'why?', createdAt: AT });
      const second = await ledger.addHold({ table: 'gone', conditions: [], reason: '', createdAt: LATER });
      assert.deepEqual(await reader.holds(), [first, second]);
      assert.deepEqual(first, { id: first.id, table: 'Events', conditions, reason: 'why?', createdAt: AT });
      assert.equal(await ledger.removeHold(first.id), true);
      assert.equal(await ledger.removeHold(first.id), false);
      assert.deepEqual(await reader.holds(), [second]);
    },
  );

  trial('the id of a hold that was removed is never given to another', async (ledger, reader) => {
    const hold = { table: 't', conditions: [], reason: 'why', createdAt: AT };
    const ids: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { id } = await ledger.addHold(hold);
      ids.push(id);
      await ledger.removeHold(id);
    }
    assert.equal(new Set(ids).size, 3, `${ids}`);
    const kept = await ledger.addHold(hold);
    for (const id of ids) assert.equal(await ledger.removeHold(id), false);
    assert.deepEqual(await reader.holds(), [kept]);
  });

  trial(
    'an alarm keeps when it was first seen and who acknowledged it, until it is resolved',
    async (ledger, reader, place) => {
      const missing: AlarmFinding = {
        ...{
          kind: 'missing',
          subject: '2026-01-20/t.jsonl.gz',
          path: 'warm/2026-01-20/t.jsonl.gz',
          table: 't',
        },
        message: 'the file is missing',
      };
      const damaged: AlarmFinding = { ...missing, kind: 'damaged', table: null, message: 'b☃' };
      const acknowledged = { at: LATER, by: null, reason: 'known' };
      await ledger.raise([missing, damaged], AT);
      const fresh = { firstSeen: AT, lastSeen: AT, acknowledged: null };
      assert.deepEqual(await reader.alarms(), [
        { ...missing, ...fresh },
        { ...damaged, ...fresh },
      ]);
      await using log = await place.backend.alarmLog();
      await log.acknowledge([missing], acknowledged);
      const moved = { ...missing, path: 'cold/2026/2026-01.tar.gz:t', message: 'still missing' };
      await log.raise([moved], LATER);
      assert.deepEqual(await reader.alarms(), [
        { ...moved, firstSeen: AT, lastSeen: LATER, acknowledged },
        { ...damaged, ...fresh },
      ]);
      await ledger.resolve([missing]);
      assert.deepEqual(
        await reader.alarms(),
        [{ ...damaged, ...fresh }],
        'the other kind of the same file stays',
      );
      await ledger.raise([missing], LATER);
      assert.equal((await reader.alarms()).at(-1)!.acknowledged, null, 'it is a new alarm');
    },
  );

  trial('an acknowledged alarm that counts is new when its count is another', async (ledger, reader) => {
    const doubled: AlarmFinding = {
      ...{ kind: 'doubled', subject: 't', path: 't', table: 't', message: '3 rows stand twice' },
    };
    await ledger.raise([doubled], AT);
    await ledger.acknowledge([doubled], { at: AT, by: 'me', reason: 'known' });
    await ledger.raise([doubled], LATER);
    assert.equal((await reader.alarms())[0]!.acknowledged?.by, 'me');
    await ledger.raise([{ ...doubled, message: '4 rows stand twice' }], LATER);
    assert.equal((await reader.alarms())[0]!.acknowledged, null);
  });

  trial('files of the lake are recorded, recorded anew and forgotten', async (ledger, reader, place) => {
    await ledger.recordLake([], ['lake/none']);
    assert.deepEqual(place.application.tables(), ['events']);
    const odd = lakeFileOf('2026-01-20/od%22d.jsonl.gz', {
      ...{ table: `od"d`, state: 'writing', rows: 2 ** 40, exactRows: 3, bytes: Number.MAX_SAFE_INTEGER },
      ...{ minTime: asInstant(-62_135_596_800_000_000), maxTime: asInstant(253_402_300_799_000_000) },
    });
    const plain = lakeFileOf('2026-01-20/t.jsonl.gz');
    await ledger.recordLake([plain, odd]);
    assert.deepEqual(await reader.lakeFiles(), [odd, plain]);
    assert.deepEqual(await reader.lakeFiles('T'), [plain]);
    await ledger.recordLake([{ ...odd, state: 'leaving' }], [plain.path, 'lake/none']);
    assert.deepEqual(await reader.lakeFiles(), [{ ...odd, state: 'leaving' }]);
  });

  trial(
    'a database that stays locked is unavailable, and nothing is written',
    async (ledger, reader, place) => {
      const receipt = receiptOf('2026-01-20/t.jsonl.gz');
      await ledger.identify('me');
      {
        using _lock = place.application.lock();
        for (const write of [
          () => ledger.insert([receipt]),
          () => ledger.setGeneration('g'),
          () => ledger.addHold({ table: 't', conditions: [], reason: 'why', createdAt: AT }),
          () => ledger.raise([{ kind: 'account', subject: 't', path: 't', table: 't', message: 'm' }], AT),
        ]) {
          await assert.rejects(write, isError('unavailable'));
        }
      }
      assert.deepEqual(
        [await reader.generation(), await reader.receipts(), await reader.holds()],
        [null, [], []],
      );
      await ledger.insert([receipt]);
      assert.deepEqual(await reader.receipts(), [receipt]);
    },
  );
}
