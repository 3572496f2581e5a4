import { FirnError } from '../../../src/model/errors.ts';
import { setSizes, sizes } from '../../../src/model/sizes.ts';
import { Random } from '../faults/random.ts';
import { type StopPoint, Stopped, Stopper } from '../faults/stopper.ts';
import { type ActName, act } from './application.ts';
import { archive, type Command, cleanup, hold, type Outcome, rebuild, verify } from './commands.ts';
import { drawSizes } from './draw-sizes.ts';
import { remember, wrongAnswers, wrongRows } from './judge.ts';
import type { ArchivePlace } from './places/archive-place.ts';
import { FolderPlace } from './places/folder-place.ts';
import { erase, noteLeases, restore } from './row-commands.ts';
import { DAY_MS } from './tables.ts';
import { FuzzWorld } from './world.ts';

/** What was done in rounds. */
export interface Tally {
  rounds: number;
  commands: number;
  actions: number;
  acts: number;
  kills: number;
  judgements: number;
  restores: number;
  erasures: number;
  returned: number;
  rebuilt: number;
  rows: number;
}

export function newTally(): Tally {
  return {
    ...{ rounds: 0, commands: 0, actions: 0, acts: 0, kills: 0, judgements: 0 },
    ...{ restores: 0, erasures: 0, returned: 0, rebuilt: 0, rows: 0 },
  };
}

/** A round that ended wrong, with everything that was done in it. */
export class RoundFailed extends Error {
  override readonly name = 'RoundFailed';
  readonly seed: number;
  readonly trace: readonly string[];

  constructor(seed: number, why: string, trace: readonly string[], cause?: unknown) {
    super(`seed ${seed}: ${why}`, { cause });
    this.seed = seed;
    this.trace = trace;
  }
}

const COMMANDS = { archive, cleanup, verify, rebuild, restore, erase, hold } as const;

/** How often each comes: a name for each time. */
const STEPS = [
  ...['archive', 'archive', 'archive', 'archive', 'archive', 'archive', 'archive', 'archive'],
  ...['cleanup', 'cleanup', 'cleanup', 'cleanup', 'restore', 'restore', 'restore', 'erase', 'hold', 'hold'],
  ...['verify', 'rebuild', 'later', 'later', 'later', 'later', 'acts', 'acts', 'acts', 'acts'],
  ...['snapshot', 'return', 'return', 'lose'],
] as const;

/** What an application does every day. */
export const PLAIN_ACTS: readonly ActName[] = [
  ...(['insert', 'insert', 'update', 'update', 'update', 'delete', 'delete', 'reuse', 'reuse'] as const),
  ...(['vacuum', 'reindex', 'index'] as const),
];
const ACTS: readonly ActName[] = [
  ...PLAIN_ACTS,
  ...(['addColumn', 'renameColumn', 'renameTable', 'trigger', 'undo'] as const),
];

export interface RoundOptions {
  /** Where the archive is: in a folder without it. */
  readonly place?: (random: Random) => ArchivePlace;
  /** What the application may do; everything without it. */
  readonly acts?: readonly ActName[];
}

/** Plays one whole world; the same seed plays the same one. */
export async function playRound(
  seed: number,
  tally: Tally,
  { place = () => new FolderPlace(), acts = ACTS }: RoundOptions = {},
): Promise<void> {
  const random = new Random(seed);
  const before = { ...sizes };
  setSizes(drawSizes(random));
  using world = new FuzzWorld(random, null, place(random));
  world.acts = acts;
  try {
    for (let i = random.integer(12, 30); i > 0; i--) act(world, 'insert');
    for (let i = random.integer(8, 14); i > 0; i--) await step(world, tally);
    await settle(world, tally);
    await requireGood('verify --deep', world, run(world, verify, new Stopper(null), tally));
    tally.rounds++;
    tally.rows += world.book.entries.size;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RoundFailed(seed, why, [...world.trace, ...(await world.describe())], error);
  } finally {
    setSizes(before);
  }
}

async function step(world: FuzzWorld, tally: Tally): Promise<void> {
  const { random } = world;
  const name = random.pick(STEPS);
  switch (name) {
    case 'later':
      world.later(random.pick([1, 3, 8, 15, 30]));
      return world.say(`it is ${new Date(world.nowMs).toISOString()}`);
    case 'acts':
      for (let i = random.integer(1, 6); i > 0; i--) anyAct(world, tally);
      return;
    case 'snapshot':
      world.takeSnapshot();
      return world.say('a backup is made');
    case 'return':
      return await comeBack(world, tally);
    case 'lose':
      if (random.next() < 0.6 || !(await world.hasArchive())) return;
      await world.loseDatabase();
      tally.rebuilt++;
      world.say('the database is lost');
      return await disturbedRun(world, 'rebuild', tally);
    default:
      return await disturbedRun(world, name, tally);
  }
}

async function comeBack(world: FuzzWorld, tally: Tally): Promise<void> {
  if (world.snapshot === null) return;
  // An older ledger rightly misses the files that were purged or erased since.
  const wholly = world.random.next() < 0.3 || world.destroyed;
  world.say(`the backup of the database${wholly ? ' and of the archive' : ''} comes back`);
  const { restoring } = world.snapshot;
  await world.returnSnapshot(wholly);
  if (restoring) await noteLeases(world, world.nowMs + 15 * DAY_MS);
  tally.returned++;
}

/** Runs a command beside the application, perhaps kills it, and perhaps looks at what is left. */
async function disturbedRun(world: FuzzWorld, wanted: keyof typeof COMMANDS, tally: Tally): Promise<void> {
  const { random } = world;
  const name = await possible(world, wanted);
  const most = random.pick([8, 30, 100, 300]);
  const point: StopPoint | null =
    random.next() < 0.4 ? { at: random.integer(1, most), when: random.pick(['before', 'after']) } : null;
  const acts = new Map<number, number>();
  if (random.next() < 0.5)
    for (let i = random.integer(1, 4); i > 0; i--) acts.set(random.integer(1, most), random.integer(1, 3));
  const snapshotAt = random.next() < 0.15 ? random.integer(1, most) : 0;
  const stopper = new Stopper(point, false, async (at, action) => {
    if (at === snapshotAt) {
      world.takeSnapshot();
      world.say(`  a backup is made before action ${at}, ${action}`);
    }
    for (let i = acts.get(at) ?? 0; i > 0; i--) {
      world.say(`  before action ${at}, ${action}:`);
      anyAct(world, tally);
    }
  });
  world.say(`${name}${point === null ? '' : `, to be killed ${point.when} action ${point.at}`}`);
  if (acts.size > 0) world.disturbed = true;
  // What rows of a copy under way become, nobody knows before the next run.
  const settled = !world.unsettled;
  world.unsettled = true;
  world.restoring = name === 'restore';
  world.place.disturb();
  const outcome = await run(world, COMMANDS[name], stopper, tally);
  world.place.calm();
  world.restoring = false;
  if (name === 'cleanup' || name === 'erase') world.destroyed = true;
  if (outcome !== null) {
    world.needsAdoption = false;
    const alarms = outcome.alarms.filter((alarm) => !world.place.isToBeExpected(alarm));
    if (alarms.length > 0) throw new Error(`${name}: false alarm: ${alarms.join('; ')}`);
    if (outcome.whole && settled && name !== 'archive') world.unsettled = false;
  }
  await look(world, tally);
}

/** Before an older database is adopted, and where there is no archive, not everything can be asked. */
async function possible(world: FuzzWorld, wanted: keyof typeof COMMANDS): Promise<keyof typeof COMMANDS> {
  if (wanted === 'rebuild' && !(await world.hasArchive())) return 'archive';
  return world.needsAdoption && !['archive', 'cleanup', 'rebuild'].includes(wanted) ? 'archive' : wanted;
}

async function look(world: FuzzWorld, tally: Tally): Promise<void> {
  const { random } = world;
  if (random.next() < 0.3 && !world.needsAdoption) {
    act(world, 'undo');
    await requireNothing('as it was left', await wrongAnswers(world, false));
  }
  if (random.next() < 0.5) await settle(world, tally);
}

/** Runs one command to its end or its kill; null when it was killed or, disturbed, failed. */
export async function run(
  world: FuzzWorld,
  command: Command,
  stopper: Stopper,
  tally: Tally,
): Promise<Outcome | null> {
  tally.commands++;
  world.nowMs += 1000;
  if (command === restore) tally.restores++;
  if (command === erase) tally.erasures++;
  try {
    const outcome = await command(world, stopper);
    // Whatever a command makes of it that its last requests were never sent: it was killed.
    if (stopper.stopped) throw new Stopped('it came to its end after its kill');
    world.say(`  ${outcome.said}; ${stopper.actions.length} actions`);
    return outcome;
  } catch (error) {
    if (stopper.stopped) {
      tally.kills++;
      world.say(`  killed at action ${stopper.actions.length}, ${stopper.actions.at(-1)}`);
      return null;
    }
    const told = error instanceof FirnError && error.code === 'interrupted';
    const disturbed = error instanceof FirnError && world.disturbed && DISTURBANCES.has(error.code);
    const unreachable = error instanceof FirnError && world.place.isToBeExpected(error.message);
    if (!told && !disturbed && !unreachable) throw error;
    world.say(`  failed: ${error.message}`);
    return null;
  } finally {
    tally.actions += stopper.actions.length;
  }
}

/** What a command may rightly answer when its tables are renamed or its deletions refused under its hands. */
const DISTURBANCES = new Set(['database', 'unavailable', 'not_found', 'refused', 'usage']);

/** Brings everything to rest, and judges every row. */
export async function settle(world: FuzzWorld, tally: Tally): Promise<void> {
  act(world, 'undo');
  world.disturbed = false;
  await world.place.arrive();
  let last: Outcome | null = null;
  for (let tries = 0; tries < 4 && last?.whole !== true; tries++) {
    world.say('archive, undisturbed');
    last = await run(world, archive, new Stopper(null), tally);
    if (last !== null && last.alarms.length > 0) throw new Error(`false alarm: ${last.alarms.join('; ')}`);
  }
  if (last?.whole !== true) throw new Error(`it does not come to rest: ${last?.said}`);
  world.needsAdoption = false;
  world.unsettled = false;
  world.book.leasesEnded(world.nowMs, new Set(world.tables.map(({ name }) => name)));
  tally.judgements++;
  await requireNothing('at rest', await wrongRows(world));
  await remember(world);
  await requireNothing('at rest', await wrongAnswers(world, true));
  await requireNothing('at rest', await world.place.leftovers(world.database));
}

export async function requireGood(
  what: string,
  world: FuzzWorld,
  made: Promise<Outcome | null>,
): Promise<void> {
  const outcome = await made;
  await requireNothing(what, outcome?.alarms ?? ['it did not end']);
  await requireNothing(what, await wrongRows(world));
}

async function requireNothing(when: string, wrong: readonly string[]): Promise<void> {
  if (wrong.length === 0) return;
  const more = wrong.length > 6 ? [`… ${wrong.length - 6} more`] : [];
  throw new Error([`${when}, ${wrong.length} wrong:`, ...wrong.slice(0, 6), ...more].join('\n    '));
}

function anyAct(world: FuzzWorld, tally: Tally): void {
  tally.acts++;
  // Tables may have other names from now on, and triggers.
  world.disturbed = true;
  act(world, world.random.pick(world.acts));
}
