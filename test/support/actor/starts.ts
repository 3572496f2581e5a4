import { DatabaseSync } from 'node:sqlite';
import type { Random } from '../faults/random.ts';
import { Stopper } from '../faults/stopper.ts';
import { act } from '../fuzz/application.ts';
import { archiveWith, type Command, cleanupWith, hold, rebuild, reclaim, verify } from '../fuzz/commands.ts';
import { remember } from '../fuzz/judge.ts';
import { eraseWhere, groupQuery, restoreWhere } from '../fuzz/row-commands.ts';
import { tableOfKind } from '../fuzz/tables.ts';
import { FuzzWorld } from '../fuzz/world.ts';

/** A command of Firn, and the world in which it has something to do. */
export interface Start {
  readonly name: string;
  readonly command: Command;
  readonly prepare: (world: FuzzWorld) => Promise<void>;
}

const archived = async (world: FuzzWorld): Promise<void> => {
  await whole(world, archiveWith());
  // Some rows come after the others have left.
  for (let i = 0; i < 3; i++) act(world, 'insert');
};

/** Restored rows among others, with gaps between the rowids. */
async function leased(world: FuzzWorld): Promise<void> {
  await archived(world);
  await whole(world, restoreWhere(groupQuery(namesOf(world), 'g1'), 5));
}

export const STARTS: readonly Start[] = [
  { name: 'archive', command: archiveWith(), prepare: async () => undefined },
  {
    name: 'archive after a kill',
    command: archiveWith(),
    prepare: async (world) => {
      const stopper = new Stopper({ at: 40, when: 'after' });
      await archiveWith()(world, stopper).catch(() => undefined);
      world.unsettled = true;
    },
  },
  {
    name: 'cleanup: bundles',
    command: cleanupWith(0, 'consolidate'),
    prepare: archived,
  },
  {
    name: 'cleanup: bundles and purges',
    command: cleanupWith(null, null),
    prepare: async (world) => {
      await archived(world);
      await whole(world, cleanupWith(0, 'consolidate'));
      world.later(45);
    },
  },
  {
    name: 'restore into hot',
    command: (world, stopper) => restoreWhere(groupQuery(namesOf(world), 'g1'), 5)(world, stopper),
    prepare: archived,
  },
  { name: 'archive while rows are leased', command: archiveWith(), prepare: (world) => leased(world) },
  {
    name: 'restore while rows are leased',
    command: (world, stopper) => restoreWhere(groupQuery(namesOf(world), 'g1'), 9)(world, stopper),
    prepare: (world) => leased(world),
  },
  {
    name: 'erase while rows are leased',
    command: (world, stopper) => eraseWhere(groupQuery(namesOf(world), 'g2'))(world, stopper),
    prepare: (world) => leased(world),
  },
  {
    name: 'the end of leases',
    command: archiveWith(),
    prepare: async (world) => {
      await leased(world);
      world.later(6);
    },
  },
  {
    name: 'erase',
    command: (world, stopper) => eraseWhere(groupQuery(namesOf(world), 'g2'))(world, stopper),
    prepare: archived,
  },
  {
    name: 'rebuild beside a new database',
    command: rebuild,
    prepare: async (world) => {
      await archived(world);
      await world.loseDatabase();
      for (let i = 0; i < 3; i++) act(world, 'insert');
    },
  },
  { name: 'verify --deep', command: verify, prepare: archived },
  { name: 'hold add', command: hold, prepare: archived },
  { name: 'reclaim --full', command: reclaim, prepare: archived },
];

/** A world with one table of this kind, and the rows that the application wrote by then. */
export async function started(start: Start, kind: string, random: Random): Promise<FuzzWorld> {
  const world = new FuzzWorld(random, [tableOfKind(kind, random)]);
  for (let i = 0; i < 8; i++) act(world, 'insert');
  await start.prepare(world);
  if (!world.unsettled && !world.needsAdoption) await remember(world);
  using db = new DatabaseSync(world.database);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return world;
}

async function whole(world: FuzzWorld, command: Command): Promise<void> {
  const outcome = await command(world, new Stopper(null));
  if (!outcome.whole) throw new Error(`the world could not be prepared: ${outcome.said}`);
  world.needsAdoption = false;
  await remember(world);
}

function namesOf({ tables }: FuzzWorld): string[] {
  return tables.map(({ name }) => name);
}
