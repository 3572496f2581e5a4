import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { Stopper } from '../../support/faults/stopper.ts';
import { readWithZlib } from '../../support/independent/archive-rows.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';
import { tagsCreated, tagsIn, UnitsWorld } from '../../support/worlds/units-world.ts';

const SOME = process.env.FIRN_THOROUGH === '1' ? {} : { sample: 8 };
/** Sessions of the week that ends on January 11th, and of the next one. s9 is open, and stays. */
const FIRST_WEEK = ['s1', 's3', 's4', 's6', 's7'];
const SECOND_WEEK = ['s2', 's5', 's8'];
/** The first week ended 402 days ago (7 hot, 30 warm and 365 cold), the second one did not. */
const PURGE = Date.parse('2027-02-20T00:00:00Z');
const CONSOLIDATE = Date.parse('2026-04-01T00:00:00Z');

/** One cleanup at the time of the purge, of units in files of a week. */
class PurgeTrial implements Trial {
  readonly #folder = volatileFolder();

  constructor(prepared: UnitsWorld) {
    cpSync(prepared.folder, this.#folder, { recursive: true });
  }

  async run(stopper: Stopper): Promise<void> {
    await cleanUp(this.#folder, PURGE, stopper);
  }

  async recover(stopper: Stopper): Promise<void> {
    this.#assertKept();
    await this.run(stopper);
  }

  async check(): Promise<void> {
    this.#assertKept(1);
    const tags = archivedTags(this.#folder);
    for (const session of FIRST_WEEK)
      assert.deepEqual(
        tagsCreated(session).filter((tag) => tags.includes(tag)),
        [],
        `${session} is purged as a whole`,
      );
    await using store = await openSqliteStore(join(this.#folder, 'data.db'));
    const archive = openFolder(join(this.#folder, 'archives'));
    const { alarms } = await runVerify({ store, archive, clock: standingClock(PURGE) }, { scope: 'deep' });
    assert.deepEqual(alarms, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }

  /** Whatever happened, units whose span has not ended long enough ago are whole, each row in one place. */
  #assertKept(most = 2): void {
    const tags = archivedTags(this.#folder);
    for (const session of SECOND_WEEK)
      for (const tag of tagsCreated(session)) {
        const times = tags.filter((one) => one === tag).length;
        assert.ok(times >= 1 && times <= most, `${tag} is there ${times} times`);
      }
    assert.deepEqual(tagsIn(join(this.#folder, 'data.db'), 's9'), tagsCreated('s9'));
  }
}

async function cleanUp(folder: string, now: number, stopper = new Stopper(null)): Promise<void> {
  await using store = await openSqliteStore(join(folder, 'data.db'));
  const archive = stopper.archive(openFolder(join(folder, 'archives')));
  const { policies } = sessionsCase({ session: { span: 'week' } });
  const stores = { store: stopper.hot(store), archive, clock: standingClock(now) };
  await runCleanup(stores, policies, { consent: async () => true });
}

/** Read with zlib alone; a row that is in a file of warm and in a bundle is there twice. */
function archivedTags(folder: string): string[] {
  const rows = [...readWithZlib(join(folder, 'archives')).values()].flat();
  return rows.map((row) => new Map(JSON.parse(row) as [string, string][]).get('tag')!.slice(1));
}

for (const [title, first] of [
  ['warm', []],
  ['a bundle', [CONSOLIDATE]],
] as const)
  test(`purging units from files of a week in ${title} may stop anywhere: they are purged as a whole, and no others`, async (t) => {
    await using world = await UnitsWorld.archived({ session: { span: 'week' } });
    for (const now of first) await cleanUp(world.folder, now);
    await forEachStop(t, async () => new PurgeTrial(world), { ...SOME, seed: 23, stopRecovery: true });
  });
