import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { FIRST_CLEANUP, SECOND_CLEANUP, SHORT_POLICIES } from '../../support/cleanup-trial.ts';
import { type Exploration, explore, killInCommits } from '../../support/faults/explore.ts';
import { ARCHIVE, type Left, type Moment, type Program, record } from '../../support/faults/recorded-run.ts';
import { archivedRows, hotRows } from '../../support/faults/rows/live-rows.ts';
import { RowBook } from '../../support/faults/rows/row-book.ts';
import { smallSizes } from '../../support/small-sizes.ts';
import { archiving, conserved, smallWorld } from '../../support/worlds/archive-world.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

/** `firn cleanup archives`. */
function cleaning(now: number): Program {
  return async (world) => {
    await using store = await openSqliteStore(world.databasePath);
    const archive = openFolder(ARCHIVE, world.fileSystem);
    const { reconciled, problems } = await runCleanup(
      { store: world.hot(store), archive, clock: standingClock(now) },
      SHORT_POLICIES,
      { consent: async () => true },
    );
    const wrong = [...reconciled.filter(({ action }) => action === 'alarm'), ...problems];
    if (wrong.length > 0) throw new Error(`false alarm: ${JSON.stringify(wrong)}`);
  };
}

/** Everything that is there after a run that nothing disturbed. */
async function photograph({ databasePath, disk }: Left): Promise<RowBook> {
  const book = new RowBook();
  for (const { table, key, cells } of hotRows(databasePath, ['notes', 'pairs', 'bare']))
    book.stored(table, key, cells);
  for await (const { table, key, cells } of archivedRows(openFolder(ARCHIVE, disk), () => {}))
    book.stored(table, key, cells);
  return book;
}

/** Where a cleanup begins, and what must be there after it, whatever came between. */
async function prepare(
  before: readonly Program[],
  now: number,
): Promise<{ readonly start: Moment; readonly exploration: Exploration }> {
  let start: Moment = smallWorld().start;
  for (const program of before) start = (await record(start, program)).at(-1)!;
  let book = new RowBook();
  const program = cleaning(now);
  await record(start, program, async (left) => {
    book = await photograph(left);
  });
  assert.ok(book.rows > 0);
  const check = (left: Left): Promise<void> => conserved(book, left);
  return { start, exploration: { run: program, recover: program, check } };
}

async function exploreCleanup(
  t: TestContext,
  before: readonly Program[],
  now: number,
  how: Partial<Exploration>,
): Promise<boolean> {
  const { start, exploration } = await prepare(before, now);
  const { kills, powerCuts, states, complete } = await explore(start, { ...exploration, ...how });
  t.diagnostic(
    `${t.name}: ${kills} kills and ${powerCuts} power cuts, ${states} different states recovered from`,
  );
  return complete || smallSizes;
}

test('consolidating into a new bundle may be killed anywhere, again and again', async (t) => {
  assert.ok(await exploreCleanup(t, [archiving()], FIRST_CLEANUP, {}));
});

test('adding to a bundle and purging may be killed anywhere, again and again', async (t) => {
  assert.ok(await exploreCleanup(t, [archiving(), cleaning(FIRST_CLEANUP)], SECOND_CLEANUP, {}));
});

test('the power may fail while a bundle is written anew and tables are purged', async (t) => {
  const how = { powerCuts: 3, seed: 31, limit: thorough ? 3000 : 80 };
  await exploreCleanup(t, [archiving(), cleaning(FIRST_CLEANUP)], SECOND_CLEANUP, how);
});

test('no bytes go because of a receipt or tombstone that a killed run left visible and not yet durable', async (t) => {
  const { start, exploration } = await prepare([archiving(), cleaning(FIRST_CLEANUP)], SECOND_CLEANUP);
  const tried = await killInCommits(start, exploration);
  t.diagnostic(`${t.name}: ${tried} kills, each with a power cut in the next run`);
  assert.ok(tried > 10, `${tried}`);
});
