import type { TestContext } from 'node:test';
import { smallSizes } from '../small-sizes.ts';
import { Random } from './random.ts';
import { type StopPoint, Stopper } from './stopper.ts';

/** One try from a fresh start. Whatever `run` and `recover` change goes through stores that the stopper wraps. */
export interface Trial extends AsyncDisposable {
  run(stopper: Stopper): Promise<void>;
  /** What the next process does. */
  recover(stopper: Stopper): Promise<void>;
  /** Asserts that nothing is lost, doubled or hidden. */
  check(): Promise<void>;
}

export interface StopOptions {
  /** Also at actions that only read. */
  readonly reads?: boolean;
  /** Try only this many points, chosen by the seed; all when left out, but with small sizes 30. */
  readonly sample?: number;
  readonly seed?: number;
  /** Stop the recovery too, somewhere in its first actions, and recover again. */
  readonly stopRecovery?: boolean;
}

export interface StopReport {
  /** The actions of the undisturbed run. */
  readonly actions: readonly string[];
  readonly points: number;
}

/** The names of the actions of an undisturbed run, whose result is checked too. */
export async function countActions(start: () => Promise<Trial>, reads = false): Promise<readonly string[]> {
  const stopper = new Stopper(null, reads);
  await using trial = await start();
  await trial.run(stopper);
  await trial.check();
  return stopper.actions;
}

/** Stops a program at each of its actions in turn, before and after its effect; then recovers and checks. Says how many points were tried. */
export async function forEachStop(
  t: TestContext,
  start: () => Promise<Trial>,
  options: StopOptions = {},
): Promise<StopReport> {
  const actions = await countActions(start, options.reads);
  const random = new Random(options.seed ?? 1);
  const points = chosen(actions.length, options.sample ?? (smallSizes ? 30 : undefined), random);
  for (const point of points) {
    const recoveryStop: StopPoint | null = options.stopRecovery
      ? { at: random.integer(1, Math.max(2, actions.length >> 1)), when: random.pick(['before', 'after']) }
      : null;
    await tryPoint(start, point, recoveryStop, options.reads ?? false);
  }
  t.diagnostic(`${t.name}: stopped at ${points.length} points of ${actions.length} actions`);
  return { actions, points: points.length };
}

async function tryPoint(
  start: () => Promise<Trial>,
  point: StopPoint,
  recoveryStop: StopPoint | null,
  reads: boolean,
): Promise<void> {
  const stopper = new Stopper(point, reads);
  await using trial = await start();
  try {
    await untilStopped(stopper, () => trial.run(stopper));
    if (recoveryStop !== null) {
      const again = new Stopper(recoveryStop, reads);
      await untilStopped(again, () => trial.recover(again));
    }
    await trial.recover(new Stopper(null, reads));
    await trial.check();
  } catch (cause) {
    const last = stopper.actions.slice(-6).join(' → ');
    const then =
      recoveryStop === null ? '' : `, recovery stopped ${recoveryStop.when} action ${recoveryStop.at}`;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`stopped ${point.when} action ${point.at} (${last})${then}: ${reason}`, { cause });
  }
}

/** Whatever the program throws once it has stopped is of no interest: it is dead. */
async function untilStopped(stopper: Stopper, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!stopper.stopped) throw error;
  }
}

function chosen(actions: number, sample: number | undefined, random: Random): StopPoint[] {
  const points = Array.from({ length: actions }, (_, index) => index + 1).flatMap((at): StopPoint[] => [
    { at, when: 'before' },
    { at, when: 'after' },
  ]);
  if (sample === undefined || sample >= points.length) return points;
  const picked = new Set<StopPoint>();
  while (picked.size < sample) picked.add(random.pick(points));
  return points.filter((point) => picked.has(point));
}
