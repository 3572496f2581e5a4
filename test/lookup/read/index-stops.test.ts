import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INDEX_FILE } from '../../../src/archive/archive-path.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { agreeWithoutIndex, withIndex } from '../../support/archives/index-agreement.ts';
import { explore } from '../../support/faults/explore.ts';
import { ARCHIVE, type Left, type Program, record } from '../../support/faults/recorded-run.ts';
import { archiving, conserved, smallWorld } from '../../support/worlds/archive-world.ts';
import { SMALL_POLICIES } from '../../support/worlds/small-database.ts';

/** Searches, as a reader that comes just then. Returns how many bytes the index spared. */
async function agree({ databasePath }: Pick<Left, 'databasePath'>, archive = openFolder(ARCHIVE)) {
  await using reader = await openSqliteReader(databasePath);
  await using lookup = openSqliteLookup(databasePath);
  const { dialect } = reader;
  const places = await withIndex({ reader, lookup }, { archive, dialect, policies: SMALL_POLICIES });
  return await agreeWithoutIndex(places, 'after a stop');
}

test('a run that writes the index may be killed anywhere, and lose its power: searches never differ by it', async (t) => {
  setSizes({ indexedSegments: 1 });
  t.after(() => setSizes({}));
  const { start, book } = smallWorld();
  const first = await record(start, archiving({ target: 'notes' }));
  const again = archiving();
  let searched = 0;
  const recover: Program = async (world) => {
    await agree(world, openFolder(ARCHIVE, world.fileSystem));
    searched++;
    await again(world);
  };
  const indexed: boolean[] = [];
  const { kills, powerCuts } = await explore(first.at(-1)!, {
    ...{ run: again, recover, powerCuts: 1, limit: 25, seed: 3 },
    check: async (left) => {
      await conserved(book, left);
      const archive = openFolder(ARCHIVE, left.disk);
      indexed.push((await archive.list('')).some(({ path }) => path === INDEX_FILE));
      assert.ok((await agree(left, archive)) > 0, 'the index is used after the recovery');
    },
  });
  assert.ok(searched > 0 && indexed.length > 0 && indexed.every(Boolean));
  t.diagnostic(`${kills} kills and ${powerCuts} power cuts, ${searched} searches between`);
});
