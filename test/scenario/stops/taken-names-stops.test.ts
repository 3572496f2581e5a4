import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import type { Stopper } from '../../support/faults/stopper.ts';
import { BIG_DAY, PartsWorld } from '../../support/worlds/parts-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';
const FIRST = `${BIG_DAY}/big.jsonl.gz`;

interface Stops {
  /** What is stopped; `firn archive` when left out. */
  readonly run?: (world: PartsWorld, stopper: Stopper) => Promise<void>;
  /** Rows from 0 up to this, but for these, must be in one place each. */
  readonly count: number;
  readonly without?: readonly number[];
  /** An action that the undisturbed run must take. */
  readonly takes: RegExp;
}

/** Stops a program at every action of its stores, from the state that the world is in, its recovery somewhere too, and looks for every row. */
async function stopEverywhere(t: TestContext, world: PartsWorld, stops: Stops): Promise<void> {
  const restore = world.snapshot();
  const run = stops.run ?? ((from, stopper) => archive(from, stopper));
  const start = async (): Promise<Trial> => {
    restore();
    return {
      run: (stopper) => run(world, stopper),
      recover: (stopper) => archive(world, stopper),
      check: async () => {
        await archive(world);
        world.assertOnce(stops.count, stops.without ?? []);
        const { alarms, earlier, accounts } = await world.verify();
        assert.deepEqual([alarms, earlier], [[], []]);
        assert.ok(accounts.every(({ balanced }) => balanced));
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  };
  const { actions } = await forEachStop(t, start, { stopRecovery: true, seed: 7 });
  assert.ok(
    actions.some((action) => stops.takes.test(action)),
    actions.join(', '),
  );
}

async function archive(world: PartsWorld, stopper?: Stopper): Promise<void> {
  const { reconciled } = await world.run({ adopt: true, ...(stopper === undefined ? {} : { stopper }) });
  const wrong = reconciled.filter(({ action }) => action === 'alarm' || action === 'quarantine');
  if (wrong.length > 0) throw new Error(`false alarm: ${JSON.stringify(wrong)}`);
}

test('an erasure, which writes to the journal, may stop between any two actions', async (t) => {
  const world = new PartsWorld(t, { rows: 20 });
  await world.run();
  const run = async (from: PartsWorld, stopper: Stopper): Promise<void> => from.erase('id=3', stopper);
  const restore = world.snapshot();
  for (const then of [true, false]) {
    restore();
    // The order is repeated after the stop, or not at all: then the row is in one place still, or in none.
    const count = 20;
    const start = async (): Promise<Trial> => {
      restore();
      return {
        run: (stopper) => run(world, stopper),
        recover: (stopper) => archive(world, stopper),
        check: async () => {
          if (then) await world.erase('id=3');
          await archive(world);
          const { archived, hot } = world.ids();
          const left = [...hot, ...archived].filter((id) => id !== 3);
          assert.equal(new Set(left).size, count - 1);
          assert.equal(left.length, count - 1);
          if (then) assert.ok(!archived.includes(3) && !hot.includes(3));
          assert.deepEqual((await world.verify()).alarms, []);
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    };
    await forEachStop(t, start, { stopRecovery: true, seed: 3 });
  }
});

test('adopting a file of warm under a new name may stop between any two actions', async (t) => {
  const world = new PartsWorld(t, { rows: 10, partBytes: 1 << 20 });
  await world.run();
  const older = world.backup();
  await world.erase('id=3');
  rmSync(join(world.archives, 'journal'), { recursive: true });
  rmSync(join(world.archives, 'erasures'), { recursive: true });
  const newest = world.backup();
  older();
  world.insert(10, 15);
  await world.run();
  newest();
  await stopEverywhere(t, world, { count: 15, without: [3], takes: /archive\.remove/ });
});

test('adopting members of a bundle under new names may stop between any two actions', async (t) => {
  const world = new PartsWorld(t, { rows: 30 });
  const empty = world.backup();
  await world.run();
  await world.consolidate();
  const putBack = world.away(BUNDLE);
  empty();
  world.sql('DELETE FROM big WHERE id < 10');
  world.insert(30, 40);
  await world.run({ adopt: true });
  putBack();
  await stopEverywhere(t, world, { count: 40, takes: /pending\.replace|archive\.remove/ });
});

test('taking a segment back from quarantine may stop between any two actions', async (t) => {
  const world = new PartsWorld(t, { rows: 30 });
  await world.run({
    meanwhile: (w, segment) => segment === FIRST && w.sql("UPDATE big SET words = 'new' WHERE id = 3"),
  });
  const receipts = await world.receipts();
  const rewrite = receipts.find(({ part }) => part === 1)!.replacedBy!;
  world.sql(`UPDATE _firn_receipts SET replaced_by = '${BIG_DAY}/big.2.jsonl.gz' WHERE part = 1;
    DELETE FROM _firn_receipts WHERE segment = '${rewrite}';
    UPDATE _firn_receipts SET archived_at = '2026-02-11T00:00:00.000Z' WHERE part = 2`);
  world.write(`quarantine/warm/${rewrite}.note.txt`, Buffer.from('why'));
  renameSync(join(world.archives, 'warm', rewrite), join(world.archives, 'quarantine/warm', rewrite));
  await stopEverywhere(t, world, { count: 30, takes: /archive\.remove/ });
});

test('learning from the journal what an older database does not know may stop between any two actions', async (t) => {
  const world = new PartsWorld(t, { rows: 20 });
  await world.run();
  const older = world.backup();
  await world.erase('id=3');
  await world.erase('id=4');
  older();
  world.insert(20, 25);
  await stopEverywhere(t, world, { count: 25, without: [3, 4], takes: /ledger\.move/ });
});
