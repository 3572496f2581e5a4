import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { refsOfFiles } from '../../../src/lookup/places/catalog.ts';
import { emptyReport } from '../../../src/lookup/places/search-report.ts';
import { Shelf } from '../../../src/lookup/places/shelf.ts';
import { archivedLines } from '../../../src/lookup/read/archived-lines.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

test('tables come as they were asked for, and segments of each as they were archived, then by name, or the other way round', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const names = async (newestFirst: boolean): Promise<string[]> => {
    const query = everything(['pairs', 'notes', 'bare']);
    const found: string[] = [];
    for await (const { ref, lines } of archivedLines(await world.places(), query, {
      ...{ newestFirst, report: emptyReport() },
    })) {
      let count = 0;
      for await (const _ of lines) count++;
      assert.equal(count, ref.rows);
      found.push(ref.segment);
    }
    return found;
  };
  const oldest = await names(false);
  assert.equal(oldest.length, 9);
  const of = (table: string): string[] => oldest.filter((name) => name.includes(`/${table}.`)).toSorted();
  assert.deepEqual(oldest, [...of('pairs'), ...of('notes'), ...of('bare')]);
  assert.deepEqual(
    await names(true),
    ['pairs', 'notes', 'bare'].flatMap((table) => of(table).toReversed()),
  );
});

test('a segment that is not the one its receipt describes is refused, and its file is closed', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  let open = 0;
  const counting = {
    ...{ location: world.archive.location, list: (prefix: string) => world.archive.list(prefix) },
    open: async (path: string) => {
      const file = await world.archive.open(path);
      open++;
      return {
        bytes: file.bytes,
        read: file.read.bind(file),
        [Symbol.asyncDispose]: async () => {
          open--;
          await file[Symbol.asyncDispose]();
        },
      };
    },
  } as unknown as ArchiveStore;
  const [ref] = (await refsOfFiles(world.archive)).refs;
  await using shelf = new Shelf(counting);
  {
    await using taken = await shelf.take(ref!);
    assert.equal(taken.reader.footer.rows, ref!.rows);
    assert.equal(open, 1);
  }
  await assert.rejects(shelf.take({ ...ref!, digest: '0'.repeat(64) as never }), { code: 'integrity' });
  assert.equal(open, 0);
});
