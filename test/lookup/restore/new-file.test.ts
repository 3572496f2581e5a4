import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RestoreTarget } from '../../../src/hot/restore-target.ts';
import { openNewRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { type RestoreWork, restoreInto } from '../../../src/library/work/rows/restore-into.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import type { RestoreReport } from '../../../src/lookup/restore/restore-rows.ts';
import { parseSizes, setSizes, sizes } from '../../../src/model/sizes.ts';
import type { Stores } from '../../../src/operate/stores.ts';
import { cellsOf } from '../../support/cells.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

/** Called before each action on the new file, and after the last. */
type Before = (action: string, temporary: string) => void;

function watched(target: RestoreTarget, temporary: string, before: Before): RestoreTarget {
  return {
    ...target,
    prepare: async (shape) => {
      before('prepare', temporary);
      return await target.prepare(shape);
    },
    insert: async (shape, lines, how) => {
      before('insert', temporary);
      return await target.insert(shape, lines, how);
    },
    finish: async () => {
      before('finish', temporary);
      return await target.finish();
    },
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]();
      before('publish', temporary);
    },
  };
}

async function restore(world: LookupWorld, file: string, before: Before): Promise<RestoreReport> {
  const stores = {
    openSearching: async () => ({ ...(await world.places()), [Symbol.asyncDispose]: async () => undefined }),
    openRestoreFile: async () => assert.fail('there is no such file'),
    openNewRestoreFile: async (temporary: string, name: string) =>
      watched(openNewRestoreFile(temporary, name), temporary, before),
  } as unknown as Stores;
  const work: RestoreWork = {
    ...{ target: 'all', query: everything([]), file, archivesOnly: false, leaseMs: 0 },
    ...{ kin: { children: false, parents: false }, overwrite: false, dropColumns: false },
  };
  return await restoreInto(stores, work);
}

class Stopped extends Error {}

test('a restore into a new file may stop before any action: the file is not there, and the next one makes it whole', async () => {
  const usual = { ...sizes };
  setSizes(parseSizes('tiny'));
  try {
    await using world = new LookupWorld();
    await world.archiveAll();
    const file = join(world.folder, 'restored.db');
    const actions: string[] = [];
    const whole = await restore(world, file, (action) => {
      assert.ok(!existsSync(file), `before ${action}`);
      actions.push(action);
    });
    const expected = cellsOf(file, 'notes', ['id', 'words']);
    assert.equal(expected.length, 23);
    assert.equal(whole.into, file);
    assert.deepEqual([actions.at(0), ...actions.slice(-2)], ['prepare', 'finish', 'publish']);
    for (let stop = 0; stop < actions.length; stop++) {
      rmSync(file, { force: true });
      let [done, left, name] = [0, new Uint8Array(), ''];
      const stopped = restore(world, file, (_, temporary) => {
        if (done++ !== stop) return;
        // What a killed process leaves.
        [left, name] = [readFileSync(temporary), temporary];
        throw new Stopped();
      });
      await assert.rejects(stopped, Stopped);
      assert.ok(!existsSync(file), actions[stop]);
      assert.ok(!readdirSync(world.folder).some((entry) => entry.includes('restored.db')));
      writeFileSync(name, left);
      await restore(world, file, () => undefined);
      assert.deepEqual(cellsOf(file, 'notes', ['id', 'words']), expected);
      assert.ok(!existsSync(name));
    }
  } finally {
    setSizes(usual);
  }
});

test('a file that comes while a restore goes on is not replaced', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const file = join(world.folder, 'restored.db');
  const late = restore(world, file, (action) => {
    if (action === 'publish') writeFileSync(file, 'somebody else');
  });
  await assert.rejects(late, /the file exists already/);
  assert.equal(readFileSync(file, 'utf8'), 'somebody else');
});
