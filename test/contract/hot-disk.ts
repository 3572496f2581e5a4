import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HotDisk } from '../../src/hot/hot-stats.ts';
import { isError } from '../hot/hot-trial.ts';
import { type DeclaredRow, declaredTable, type HotPlace, type MakeHotPlace } from './hot-place.ts';

const ROWS: readonly DeclaredRow[] = Array.from({ length: 400 }, (_, id) => [
  `id-${id}`,
  '2026-01-20T00:00:00Z',
  id % 2 === 0 ? 'kept' : 'deleted',
  'x'.repeat(2_000),
]);

/** What giving disk space back owes its callers, in a store that can. */
export function hotDiskContract(name: string, makePlace: MakeHotPlace): void {
  const trial = (title: string, body: (disk: HotDisk, place: HotPlace) => Promise<void>): void => {
    test(`${name}, disk: ${title}`, async () => {
      await using place = await makePlace([declaredTable(ROWS, { indexes: [] })]);
      assert.ok(place.backend.capabilities.reclaim);
      await using disk = await place.backend.disk(() => 0);
      await body(disk, place);
    });
  };
  const deleteHalf = ({ application }: HotPlace): void =>
    application.delete({ table: 'events', column: 'state', value: 'deleted' });

  trial('deleted rows leave free pages, and the file its size', async (disk, place) => {
    const before = await disk.file();
    assert.equal(before.freePages, 0);
    deleteHalf(place);
    await disk.checkpoint();
    const after = await disk.file();
    assert.ok(after.freePages > 0 || after.autoVacuum === 'full');
    assert.equal(after.pages, before.pages);
  });

  trial(
    'a full rebuild leaves no free page, every row, and the settings of the file',
    async (disk, place) => {
      deleteHalf(place);
      const before = await disk.file();
      await disk.vacuumFull();
      const after = await disk.file();
      assert.equal(after.freePages, 0);
      assert.ok(after.pages < before.pages, `${after.pages} of ${before.pages}`);
      assert.ok(after.bytes < before.bytes || before.walBytes > 0);
      assert.equal(place.application.count('events'), 200);
      const settings = ({ pageBytes, journalMode, autoVacuum }: typeof after) => [
        pageBytes,
        journalMode,
        autoVacuum,
      ];
      assert.deepEqual(settings(after), settings(before));
    },
  );

  trial(
    'steps cut off at most as many pages as told, until none is free, where the file allows it',
    async (disk, place) => {
      deleteHalf(place);
      const { freePages, autoVacuum } = await disk.file();
      if (autoVacuum !== 'incremental') {
        assert.deepEqual(await disk.vacuumStep(10), { freed: 0, heldMs: 0 });
        assert.equal((await disk.file()).freePages, freePages);
        return;
      }
      let freed = 0;
      for (let step = await disk.vacuumStep(10); step.freed > 0; step = await disk.vacuumStep(10)) {
        assert.ok(step.freed <= 10);
        assert.ok(step.heldMs >= 0);
        freed += step.freed;
      }
      assert.equal((await disk.file()).freePages, 0);
      assert.ok(freed >= freePages, `${freed} of ${freePages}`);
      assert.equal(place.application.count('events'), 200);
    },
  );

  trial(
    'others who keep the database locked make it unavailable, and no row is lost',
    async (disk, place) => {
      deleteHalf(place);
      {
        using _lock = place.application.lock();
        await assert.rejects(disk.vacuumFull(), isError('unavailable'));
        await disk.checkpoint();
      }
      assert.equal(place.application.count('events'), 200);
      await disk.vacuumFull();
      assert.equal((await disk.file()).freePages, 0);
    },
  );

  trial('it knows when others wrote, and its own work is none of theirs', async (disk, place) => {
    await disk.othersWrote();
    assert.equal(await disk.othersWrote(), false);
    await disk.vacuumFull();
    await disk.checkpoint();
    assert.equal(await disk.othersWrote(), false);
    place.application.insert('events', [['new', null, 'kept', '']]);
    assert.equal(await disk.othersWrote(), true);
    assert.equal(await disk.othersWrote(), false);
  });

  trial('the room for a rebuild is told in bytes', async (disk) => {
    const { database, temporary } = await disk.room();
    assert.ok(Number.isSafeInteger(database) && database > 0);
    assert.ok(Number.isSafeInteger(temporary) && temporary > 0);
  });
}
