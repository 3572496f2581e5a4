import type { TestContext } from 'node:test';
import { Random } from '../random.ts';
import { Stopper } from '../stopper.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { SnapshottingDatabase } from './snapshotting-database.ts';

/** One fresh start on a disk and a database that both may forget. */
export interface PowerCutTrial extends AsyncDisposable {
  readonly disk: SimulatedDisk;
  readonly database: SnapshottingDatabase;
  /** Works on `stopper.archive(openFolder(root, disk))` and `stopper.hot(database.hot(store))`; leaves the database closed. */
  run(stopper: Stopper): Promise<void>;
  /** What the next process does, on what the power cut left; leaves the database closed. */
  recover(left: SimulatedDisk): Promise<void>;
  /** Asserts that nothing is lost, doubled or hidden. */
  check(left: SimulatedDisk): Promise<void>;
}

export interface PowerCutOptions {
  readonly seed: number;
  /** How many runs are cut short, each at an action chosen by the seed. */
  readonly runs: number;
  /** How many ways of losing what was not synced are tried for each (3). */
  readonly losses?: number;
}

/**
 * Cuts the power at random actions: the disk forgets what was not synced, the database the commits since the last
 * durable one, or some of them; then recovers and checks. Says, and returns, how many cuts were tried.
 */
export async function forEachPowerCut(
  t: TestContext,
  start: () => Promise<PowerCutTrial>,
  options: PowerCutOptions,
): Promise<number> {
  const random = new Random(options.seed);
  const actions = await undisturbed(start);
  let cuts = 0;
  for (let run = 0; run < options.runs; run++) {
    const stopper = new Stopper({ at: random.integer(1, actions), when: random.pick(['before', 'after']) });
    await using trial = await start();
    try {
      await trial.run(stopper);
    } catch (error) {
      if (!stopper.stopped) throw error;
    }
    const before = { commits: [...trial.database.commits], durable: trial.database.durable };
    for (let loss = options.losses ?? 3; loss > 0; loss--, cuts++) await cut(trial, before, stopper, random);
  }
  t.diagnostic(`${t.name}: ${cuts} power cuts in ${options.runs} runs of ${actions} actions`);
  return cuts;
}

async function cut(
  trial: PowerCutTrial,
  { commits, durable }: { readonly commits: readonly string[]; readonly durable: number },
  stopper: Stopper,
  random: Random,
): Promise<void> {
  const kept = random.integer(durable, commits.length);
  const seed = random.integer(1, 2 ** 30);
  const left = trial.disk.crash(seed);
  await trial.database.rollTo(kept);
  try {
    await trial.recover(left);
    await trial.check(left);
  } catch (cause) {
    const last = stopper.actions.slice(-6).join(' → ');
    const lost = commits.slice(kept).join(', ') || 'none';
    const reason = cause instanceof Error ? cause.message : String(cause);
    const where = `power cut at action ${stopper.actions.length} (${last}), commits lost: ${lost}, disk seed ${seed}`;
    throw new Error(`${where}: ${reason}`, { cause });
  }
}

async function undisturbed(start: () => Promise<PowerCutTrial>): Promise<number> {
  const stopper = new Stopper(null);
  await using trial = await start();
  await trial.run(stopper);
  await trial.check(trial.disk);
  return stopper.actions.length;
}
