import { setSizes, sizes } from '../../../src/model/sizes.ts';
import { Random } from '../faults/random.ts';
import { type StopPoint, Stopper } from '../faults/stopper.ts';
import { type ActName, act } from '../fuzz/application.ts';
import { verify } from '../fuzz/commands.ts';
import { newTally, requireGood, run, settle } from '../fuzz/round.ts';
import type { FuzzWorld } from '../fuzz/world.ts';
import { STARTS, type Start, started } from './starts.ts';

/** Kinds of tables on which everything is tried. */
export const KINDS = ['text', 'integer', 'none'] as const;

/** What the application does, once, between two actions of a command or between its kill and the next run. */
interface Deed {
  readonly name: string;
  readonly acts: readonly ActName[];
  /** Of the file itself: only while no process has it open. */
  readonly file?: 'older' | 'copy';
}

export const DEEDS: readonly Deed[] = [
  { name: 'VACUUM', acts: ['vacuum'] },
  { name: 'REINDEX', acts: ['reindex'] },
  { name: 'ALTER TABLE ADD COLUMN', acts: ['addColumn'] },
  { name: 'a column renamed', acts: ['renameColumn'] },
  { name: 'the table renamed, and back', acts: ['renameTable'] },
  { name: 'a trigger', acts: ['trigger'] },
  { name: 'an index', acts: ['index', 'index'] },
  { name: 'ids used again', acts: ['reuse', 'reuse', 'reuse'] },
  { name: 'rows changed and deleted', acts: ['update', 'delete', 'update', 'insert'] },
  { name: 'deleted, VACUUM, inserted', acts: ['delete', 'vacuum', 'insert'] },
  { name: 'an older file', acts: [], file: 'older' },
  { name: 'a copy of the file', acts: [], file: 'copy' },
];

export interface Interleavings {
  /** Worlds that were played to their end, and judged. */
  readonly tried: number;
  /** Of these, those in which the command was killed before the application acted. */
  readonly killed: number;
  /** Those in which SQLite refused what the application wanted, as somebody was reading. */
  readonly refused: number;
  readonly byCommand: ReadonlyMap<string, number>;
}

export interface InterleaveOptions {
  /** Try only so many, chosen by the seed; null for all. */
  readonly sample: number | null;
  readonly seed: number;
  /** Which cases are tried; all when left out. */
  readonly wanted?: (start: string, kind: string, deed: string) => boolean;
  readonly onTried?: (tried: number, total: number) => void;
}

interface Case {
  readonly start: Start;
  readonly kind: string;
  readonly deed: Deed;
  readonly at: number;
  readonly killed: boolean;
}

/** Sizes at which a few rows make several parts, blocks and batches. */
const SIZES = { partBytes: 1500, blockBytes: 500, unitRows: 2, fewestDeletedRows: 2, mostDeletedRows: 2 };

/** Puts each deed before each action of each command, on each kind of table. Throws at the first that ends wrong, naming it. */
export async function interleave({
  sample,
  seed,
  wanted,
  onTried,
}: InterleaveOptions): Promise<Interleavings> {
  const before = { ...sizes };
  setSizes({ ...SIZES, leaseEndRows: 2, erasedRows: 2, restoredHotRows: 2, firstDeletedRows: 2 });
  using worlds = new Worlds(seed);
  const byCommand = new Map<string, number>();
  let [tried, killed, refused] = [0, 0, 0];
  try {
    const cases = chosen(await casesOf(worlds, wanted), sample, new Random(seed));
    for (const one of cases) {
      if (!(await tryCase(worlds, one, seed))) refused++;
      tried++;
      if (one.killed) killed++;
      byCommand.set(one.start.name, (byCommand.get(one.start.name) ?? 0) + 1);
      onTried?.(tried, cases.length);
    }
  } finally {
    setSizes(before);
  }
  return { tried, killed, refused, byCommand };
}

/** The worlds from which commands start, each prepared once. */
class Worlds implements Disposable {
  readonly #made = new Map<string, { readonly world: FuzzWorld; readonly reset: (random: Random) => void }>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The same world each time, as it was when it had been prepared. */
  async of({ start, kind }: Pick<Case, 'start' | 'kind'>, random: Random): Promise<FuzzWorld> {
    const name = `${start.name} ${kind}`;
    let made = this.#made.get(name);
    if (made === undefined) {
      const world = await started(start, kind, new Random(this.#seed));
      made = { world, reset: world.save() };
      this.#made.set(name, made);
    }
    made.reset(random);
    return made.world;
  }

  [Symbol.dispose](): void {
    for (const { world } of this.#made.values()) world[Symbol.dispose]();
  }
}

async function casesOf(worlds: Worlds, wanted: InterleaveOptions['wanted'] = () => true): Promise<Case[]> {
  const cases: Case[] = [];
  for (const start of STARTS) {
    for (const kind of KINDS) {
      const deeds = DEEDS.filter(({ name }) => wanted(start.name, kind, name));
      if (deeds.length === 0) continue;
      const world = await worlds.of({ start, kind }, new Random(1));
      const stopper = new Stopper(null);
      await start.command(world, stopper);
      const points = Array.from(stopper.actions, (_, index) => index + 1);
      for (const deed of deeds) {
        // Only the newer ledger knows what was purged and erased.
        if (deed.file === 'older' && /erase|purge/.test(start.name)) continue;
        for (const at of points) {
          // An order that a killed erasure left erases old rows that come before the next run, too.
          const isErased = /erase/.test(start.name) && deed.acts.includes('insert');
          if (!isErased) cases.push({ start, kind, deed, at, killed: true });
          if (deed.file === undefined) cases.push({ start, kind, deed, at, killed: false });
        }
      }
    }
  }
  return cases;
}

function chosen(cases: readonly Case[], sample: number | null, random: Random): readonly Case[] {
  if (sample === null || sample >= cases.length) return cases;
  const picked = new Set<Case>();
  while (picked.size < sample) picked.add(random.pick(cases));
  return cases.filter((one) => picked.has(one));
}

/** Returns whether the application could do what it wanted. */
async function tryCase(worlds: Worlds, one: Case, seed: number): Promise<boolean> {
  const { start, deed, at, killed } = one;
  const random = new Random(seed + at);
  const world = await worlds.of(one, random);
  const tally = newTally();
  let done = false;
  try {
    if (deed.file === 'older') world.takeSnapshot();
    const point: StopPoint | null = killed ? { at, when: random.pick(['before', 'after']) } : null;
    const stopper = new Stopper(point, false, async (now) => {
      if (!killed && now === at) done = doIt(world, deed);
    });
    world.disturbed = true;
    world.unsettled = true;
    const outcome = await run(world, start.command, stopper, tally);
    if (outcome !== null) world.needsAdoption = false;
    if (outcome !== null && outcome.alarms.length > 0)
      throw new Error(`false alarm: ${outcome.alarms.join('; ')}`);
    if (killed) done = await doFile(world, deed);
    await settle(world, tally);
    await requireGood('verify --deep', world, run(world, verify, new Stopper(null), tally));
  } catch (error) {
    const how = killed ? `killed at action ${at}, then` : `before action ${at}`;
    const why = error instanceof Error ? error.message : String(error);
    const trace = [...world.trace, ...(await world.describe())].join('\n');
    throw new Error(`${start.name}, ${one.kind}, ${how} ${deed.name}: ${why}\n${trace}`, { cause: error });
  }
  return done;
}

function doIt(world: FuzzWorld, { acts }: Deed): boolean {
  let done = false;
  for (const name of acts) done = act(world, name) || done;
  return done;
}

async function doFile(world: FuzzWorld, deed: Deed): Promise<boolean> {
  if (deed.file === 'older') await world.returnSnapshot(false);
  else if (deed.file === 'copy') world.moveToCopy(true);
  else return doIt(world, deed);
  return true;
}
