import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import { openFolder } from '../../../../src/archive/folder/folder-archive.ts';
import { publishText } from '../../archives/archive.ts';
import type { Stopper } from '../stopper.ts';
import { forEachPowerCut, type PowerCutTrial } from './power-cuts.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SnapshottingDatabase } from './snapshotting-database.ts';

const NAMES = ['a', 'b', 'c'];

interface Steps {
  publish(name: string): Promise<void>;
  /** Deletes the row, as a commit that need not be durable. */
  drain(name: string): Promise<void>;
}

/** Moves three names out of a table into three files, in the order that `move` says. */
async function start(move: (steps: Steps, name: string) => Promise<void>): Promise<PowerCutTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'firn-cuts-'));
  const path = join(folder, 'a.db');
  const sql = (text: string): unknown[] => {
    using db = new DatabaseSync(path);
    return db
      .prepare(text)
      .all()
      .map((row) => row.name);
  };
  sql('CREATE TABLE t (name TEXT)');
  for (const name of NAMES) sql(`INSERT INTO t VALUES ('${name}')`);
  const disk = new SimulatedDisk();
  const database = await SnapshottingDatabase.of(path, join(folder, 'commits'));
  const rows = (): string[] => sql('SELECT name FROM t ORDER BY name') as string[];

  const steps = (archive: ArchiveStore, stopper: Stopper | null): Steps => ({
    publish: async (name) => {
      if ((await archive.list('')).every((file) => file.path !== `warm/${name}`)) {
        await publishText(archive, `warm/${name}`, name);
      } else {
        await archive.settle(`warm/${name}`);
      }
    },
    drain: async (name) => {
      const commit = async (): Promise<void> => {
        sql(`DELETE FROM t WHERE name = '${name}'`);
        await database.committed('hot.drain');
      };
      await (stopper === null ? commit() : stopper.act('hot.drain', true, commit));
    },
  });
  return {
    disk,
    database,
    run: async (stopper) => {
      const archive = stopper.archive(openFolder('/archive', disk));
      for (const name of NAMES) await move(steps(archive, stopper), name);
    },
    recover: async (left) => {
      const archive = openFolder('/archive', left);
      await archive.sweep();
      for (const name of rows()) await move(steps(archive, null), name);
    },
    check: async (left) => {
      const files = await openFolder('/archive', left).list('warm');
      assert.deepEqual([...rows(), ...files.map(({ path }) => path.slice('warm/'.length))].sort(), NAMES);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

it('copying before deleting survives every power cut', async (t) => {
  const sound = async (steps: Steps, name: string): Promise<void> => {
    await steps.publish(name);
    await steps.drain(name);
  };
  assert.equal(await forEachPowerCut(t, () => start(sound), { seed: 1, runs: 20 }), 60);
});

it('deleting before copying is caught', async (t) => {
  const unsound = async (steps: Steps, name: string): Promise<void> => {
    await steps.drain(name);
    await steps.publish(name);
  };
  await assert.rejects(
    forEachPowerCut(t, () => start(unsound), { seed: 1, runs: 20 }),
    /power cut at action/,
  );
});
