import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { nodeFileSystem } from '../../../src/archive/disk/node-file-system.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { HotStore } from '../../../src/hot/hot-store.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { withLake } from '../../../src/lake/keep/follow-ledger.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import type { PolicySet } from '../../../src/model/policy/policy.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { FIRST_CLEANUP, LAST_CLEANUP, SECOND_CLEANUP, SHORT_POLICIES } from '../../support/cleanup-trial.ts';
import { FailingFileSystem } from '../../support/faults/disk/failing-file-system.ts';
import { SimulatedDisk } from '../../support/faults/disk/simulated-disk.ts';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { Stopper } from '../../support/faults/stopper.ts';
import { assertLakeInStep } from '../../support/lake-check.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { openModelArchive } from '../../support/s3/open-model-archive.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from '../../support/worlds/small-database.ts';

/** All points were tried once; FIRN_ALL_STOPS=1 tries them again. */
const SOME = process.env.FIRN_ALL_STOPS === '1' ? {} : { sample: 10 };
const DAY = 86_400_000;
const RUN_1 = { ...everything(['notes', 'pairs']), where: [parseCondition('run=run-1')] };

interface LakeStores {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly policies: PolicySet;
  readonly lake: true;
  readonly database: string;
}

type Act = (run: LakeStores) => Promise<unknown>;

/** Something done to a database with an archive and a lake. */
class LakeTrial implements Trial {
  readonly #folder = volatileFolder();
  readonly #now: number;
  readonly #act: Act;
  readonly #policies: PolicySet;

  constructor(prepared: string | null, now: number, act: Act, policies = SMALL_POLICIES) {
    [this.#now, this.#act, this.#policies] = [now, act, policies];
    if (prepared === null) createSmallDatabase(this.database);
    else cpSync(prepared, this.#folder, { recursive: true });
  }

  get folder(): string {
    return this.#folder;
  }

  get database(): string {
    return join(this.#folder, 'data.db');
  }

  get archive(): ArchiveStore {
    return openFolder(join(this.#folder, 'archives'));
  }

  async run(stopper: Stopper, archive = this.archive): Promise<void> {
    await using opened = await openSqliteStore(this.database);
    const stopped = stopper.archive(archive);
    await this.#act({
      ...{ store: withLake(stopper.hot(opened), stopped), archive: stopped, lake: true },
      ...{ clock: standingClock(this.#now), policies: this.#policies, database: this.database },
    });
  }

  async recover(stopper: Stopper): Promise<void> {
    await this.run(stopper);
  }

  async check(): Promise<void> {
    await using reader = await openSqliteReader(this.database);
    await assertLakeInStep(reader.ledger, this.archive);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }
}

const archiveAll: Act = async (run) => {
  await using copier = inlineCopier(await openSqliteReader(run.database), run.archive);
  await runArchive({ ...run, copier }, run.policies, 'all');
};

const cleanUp: Act = async (run) => {
  await runCleanup(run, run.policies, { consent: async () => true });
};

const eraseRun1: Act = async (run) => {
  await using lookup = openSqliteLookup(run.database);
  await eraseRows({ ...run, lookup }, RUN_1);
};

const restoreRun1: Act = async (run) => {
  await using lookup = openSqliteLookup(run.database);
  await restoreIntoHot({ ...run, lookup }, RUN_1, { leaseUntil: instantOfMs(SMALL_NOW + DAY) });
};

/** Runs one act after the other, and gives the folder to `body`. */
async function prepared(
  acts: readonly (readonly [act: Act, now: number])[],
  body: (folder: string) => Promise<void>,
): Promise<void> {
  let before: LakeTrial | null = null;
  for (const [act, now] of acts) {
    const trial: LakeTrial = new LakeTrial(before?.folder ?? null, now, act, SHORT_POLICIES);
    await trial.run(new Stopper(null));
    await trial.check();
    await before?.[Symbol.asyncDispose]();
    before = trial;
  }
  await body(before!.folder);
  await before![Symbol.asyncDispose]();
}

const ARCHIVED = [[archiveAll, SMALL_NOW]] as const;

test('a bucket has the lake too, in step after archiving, bundling, erasing and purging', async () => {
  const model = new S3Model({ versioned: true });
  const fileSystem = new SimulatedDisk();
  const archive = () => openModelArchive(model, { clock: standingClock(), fileSystem });
  await using trial = new LakeTrial(null, SMALL_NOW, archiveAll, SHORT_POLICIES);
  const steps: readonly (readonly [Act, number])[] = [
    [archiveAll, SMALL_NOW],
    [cleanUp, FIRST_CLEANUP],
    [eraseRun1, SECOND_CLEANUP],
    [cleanUp, SECOND_CLEANUP],
  ];
  for (const [act, now] of steps) {
    const one = new LakeTrial(trial.folder, now, act, SHORT_POLICIES);
    cpSync(trial.database, one.database);
    await one.run(new Stopper(null), archive());
    await using reader = await openSqliteReader(one.database);
    assert.ok((await assertLakeInStep(reader.ledger, archive())) > 0);
    rmSync(trial.folder, { recursive: true });
    cpSync(one.folder, trial.folder, { recursive: true });
    await one[Symbol.asyncDispose]();
  }
});

test('archiving with a lake may stop between any two actions', async (t) => {
  const { actions } = await forEachStop(t, async () => new LakeTrial(null, SMALL_NOW, archiveAll), {
    ...{ stopRecovery: true, ...SOME },
  });
  assert.ok(actions.filter((action) => action === 'ledger.recordLake').length > 10, actions.join(', '));
});

test('bundling days into a month of the lake may stop between any two actions', async (t) => {
  await prepared(ARCHIVED, async (folder) => {
    const start = async () => new LakeTrial(folder, FIRST_CLEANUP, cleanUp, SHORT_POLICIES);
    await forEachStop(t, start, { stopRecovery: true, ...SOME });
  });
});

test('adding to a month and purging from the lake may stop between any two actions', async (t) => {
  await prepared([...ARCHIVED, [cleanUp, FIRST_CLEANUP]], async (folder) => {
    for (const now of [SECOND_CLEANUP, LAST_CLEANUP]) {
      const start = async () => new LakeTrial(folder, now, cleanUp, SHORT_POLICIES);
      await forEachStop(t, start, { stopRecovery: true, seed: now % 97, ...SOME });
    }
  });
});

test('erasing with a lake may stop between any two actions, in warm and in cold', async (t) => {
  for (const acts of [ARCHIVED, [...ARCHIVED, [cleanUp, SECOND_CLEANUP] as const]]) {
    await prepared(acts, async (folder) => {
      const start = async () => new LakeTrial(folder, SECOND_CLEANUP, eraseRun1, SHORT_POLICIES);
      const { actions } = await forEachStop(t, start, { stopRecovery: true, ...SOME });
      const order = actions.indexOf('rows.recordErasure');
      const leaving = actions.indexOf('ledger.recordLake');
      assert.ok(leaving >= 0 && leaving < order, 'the lake is left first');
    });
  }
});

test('the end of a lease may stop between any two actions with a lake', async (t) => {
  await prepared([...ARCHIVED, [restoreRun1, SMALL_NOW]], async (folder) => {
    const start = async () => new LakeTrial(folder, SMALL_NOW + 2 * DAY, archiveAll, SHORT_POLICIES);
    await forEachStop(t, start, { stopRecovery: true, ...SOME });
  });
});

test('no disk error of the lake keeps a row from being archived, and the next run completes it', async () => {
  for (const [code, action] of [
    ['ENOSPC', 'write'],
    ['EIO', 'sync'],
    ['EIO', 'rename'],
    ['EACCES', 'unlink'],
  ] as const) {
    for (let nth = 1; ; nth += 7) {
      await using trial = new LakeTrial(null, SMALL_NOW, archiveAll);
      const failing = new FailingFileSystem(nodeFileSystem, { action, nth, code, lasting: nth % 2 === 0 });
      const archive = openFolder(join(trial.folder, 'archives'), failing.fileSystem);
      await trial.run(new Stopper(null), archive).catch(() => undefined);
      if (!failing.struck) break;
      await trial.recover(new Stopper(null));
      await trial.check();
    }
  }
});
