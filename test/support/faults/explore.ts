import { hash } from 'node:crypto';
import { smallSizes } from '../small-sizes.ts';
import { Random } from './random.ts';
import { type Left, type Moment, type Program, record } from './recorded-run.ts';

export interface Exploration {
  /** The program that may be killed anywhere. */
  readonly run: Program;
  /** What the next process does; it may be killed anywhere, too, and then the one after it. */
  readonly recover: Program;
  /** Asserts that nothing is lost, doubled or hidden after a recovery that came to its end. */
  readonly check: (left: Left) => Promise<void>;
  /** How many power cuts are tried at each moment, besides the kill (0). */
  readonly powerCuts?: number;
  /** Ways, other than kills and power cuts, in which the next process may find things. */
  readonly otherwise?: (moment: Moment, moments: readonly Moment[]) => readonly Moment[];
  readonly seed?: number;
  /**
   * Go on from at most so many states (5,000): without power cuts all kills of the first run, then others, chosen by the seed. With small
   * sizes from at most 20, the kills of the first run among them.
   */
  readonly limit?: number;
  /** The kills of the first run are no more urgent than others. */
  readonly isSample?: boolean;
}

export interface Explored {
  /** Moments of all runs at which the program was killed. */
  readonly kills: number;
  readonly powerCuts: number;
  /** Different states that the next process found, each of which it recovered from. */
  readonly states: number;
  /** Whether every reachable state was recovered from. */
  readonly complete: boolean;
}

interface Found {
  readonly moment: Moment;
  /** How it came about: the action after which each of the runs ended. */
  readonly story: readonly string[];
}

/**
 * Tries every kill of a program, of its recovery, of the recovery from that, and so on, until no state is new: not a sample of
 * the ways in which kills can follow each other but all of them. Power cuts are a sample, and their states are recovered from in the same way.
 */
export async function explore(start: Moment, exploration: Exploration): Promise<Explored> {
  const { run, recover, check, powerCuts = 0, otherwise = () => [] } = exploration;
  const random = new Random(exploration.seed ?? 1);
  const tally = { kills: 0, powerCuts: 0, states: 0, complete: true };
  const { limit = 5_000 } = exploration;
  const known = new Set<string>();
  const ended = new Set<string>();
  /** By the number of runs that ended before their time, so that every depth has its share where the number of states is limited. */
  const waiting: Found[][] = [];
  /** Kills of the first run: without power cuts all of them are tried before anything else. */
  const urgent: Found[] = [];
  const find = (moment: Moment, story: readonly string[], urgently = false): void => {
    const print = printOf(moment, powerCuts > 0);
    if (known.has(print)) return;
    known.add(print);
    if (urgently) return void urgent.push({ moment, story });
    waiting[story.length] ??= [];
    waiting[story.length]!.push({ moment, story });
  };
  const endings = (moments: readonly Moment[], story: readonly string[]): void => {
    for (const moment of moments) {
      tally.kills++;
      find(moment, [...story, `killed after ${moment.action}`], story.length === 0 && powerCuts === 0);
      for (const found of otherwise(moment, moments)) find(found, [...story, found.action]);
      for (let cut = 0; cut < powerCuts; cut++) {
        tally.powerCuts++;
        const { left, what } = cutPower(moment, random);
        find(left, [...story, `${what} after ${moment.action}`]);
      }
    }
  };
  const checkOnce = async (left: Left, last: Moment): Promise<void> => {
    const print = printOf(last, false);
    if (ended.has(print)) return;
    await check(left);
    ended.add(print);
  };
  endings(await record(start, run, checkOnce), []);
  for (;;) {
    const levels = urgent.length > 0 ? [urgent] : waiting.filter((level) => level?.length > 0);
    if (levels.length === 0) break;
    const mayEnd = urgent.length === 0 || exploration.isSample === true;
    const isEnough = smallSizes ? tally.states >= 20 : mayEnd && tally.states >= limit;
    if (isEnough) {
      tally.complete = false;
      break;
    }
    const level = random.pick(levels);
    const [{ moment, story }] = level.splice(random.integer(0, level.length - 1), 1) as [Found];
    tally.states++;
    try {
      endings((await record(moment, recover, checkOnce)).slice(1), story);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${story.join('; ')}: ${reason}`, { cause });
    }
  }
  return tally;
}

/**
 * Kills the program in the midst of each commit that is to last (its effect is seen, and not yet durable), and cuts the power at each moment of the
 * next run before that has committed anything that lasts. Returns how many cuts were tried.
 */
export async function killInCommits(
  start: Moment,
  { run, recover, check }: Pick<Exploration, 'run' | 'recover' | 'check'>,
): Promise<number> {
  let tried = 0;
  for (const moment of await record(start, run)) {
    if (moment.commits.length < 2 || !moment.action.startsWith('ledger.')) continue;
    for (const { action, commits, disk, bucket } of await record(moment, recover)) {
      if (commits.length < 2) break;
      const left = { action: 'power cut', commits: [commits.at(-2)!], disk: disk.crash(++tried), bucket };
      await record(left, recover, check).catch((cause: Error) => {
        throw new Error(`killed in ${moment.action}, cut after ${action}: ${cause.message}`, { cause });
      });
    }
  }
  return tried;
}

function cutPower({ commits, disk, bucket }: Moment, random: Random): { left: Moment; what: string } {
  const kept = random.integer(1, commits.length);
  const seed = random.integer(1, 2 ** 30);
  const what = `power cut (disk seed ${seed}, ${commits.length - kept} commits lost)`;
  return { left: { action: what, commits: [commits[kept - 1]!], disk: disk.crash(seed), bucket }, what };
}

/** Also the names of the spool's files, and what tells one write of an object from another. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g;

/** Of the ledger: drawn anew by each run. */
const GENERATION = /(?<='generation',)'[0-9a-f]+'/g;

/** Identities are drawn by lot: what counts is which of them are the same. */
function printOf({ commits, disk, bucket }: Moment, durability: boolean): string {
  const databases = durability ? commits : commits.slice(-1);
  const text = [...databases.map(({ print }) => print), disk.print(durability), bucket?.print()].join('\n');
  const ids: string[] = [];
  const named = text.replaceAll(GENERATION, '').replaceAll(UUID, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `id ${ids.indexOf(id)}`;
  });
  return hash('sha256', named);
}
