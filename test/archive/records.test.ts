import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { isRecordPath, readRecords, writeRecord } from '../../src/archive/records.ts';
import { MemoryArchive } from '../support/archives/memory-archive.ts';
import { SimulatedDisk } from '../support/faults/disk/simulated-disk.ts';

const AT = '2026-02-10T12:00:00.123Z';

function folderOf(t: TestContext): { readonly archive: ArchiveStore; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'firn-records-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return { archive: openFolder(folder), folder };
}

test('records are read back in the order of their times', async () => {
  const archive = new MemoryArchive();
  await writeRecord(archive, 'journal', '2026-02-11T00:00:00Z', { what: 'later' });
  await writeRecord(archive, 'journal', AT, { what: 'ä' });
  await writeRecord(archive, 'erasures', AT, { what: 'another folder' });
  const { records, damaged } = await readRecords(archive, 'journal');
  assert.deepEqual([records.map(({ value }) => value), damaged], [[{ what: 'ä' }, { what: 'later' }], []]);
  assert.ok(records.every(({ path }) => isRecordPath(path)));
});

test('a record is plain JSON, and the same record written twice is one file', async (t) => {
  const { archive, folder } = folderOf(t);
  const path = await writeRecord(archive, 'journal', AT, { format: 1 });
  assert.equal(await writeRecord(archive, 'journal', AT, { format: 1 }), path);
  assert.match(path, /^journal\/20260210T120000123Z-[0-9a-f]{16}\.json$/);
  assert.deepEqual(readdirSync(join(folder, 'journal')).length, 1);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, path), 'utf8')), { format: 1 });
});

test('a damaged record is named, does not hide the others, and the record can be written again beside it', async (t) => {
  const { archive, folder } = folderOf(t);
  const path = await writeRecord(archive, 'journal', AT, { n: 1 });
  await writeRecord(archive, 'journal', AT, { n: 2 });
  writeFileSync(join(folder, path), '{"n": 7}\n');
  const found = await readRecords(archive, 'journal');
  assert.deepEqual(found.damaged, [{ path, why: 'its checksum is wrong' }]);
  assert.deepEqual(
    found.records.map(({ value }) => value),
    [{ n: 2 }],
  );
  assert.notEqual(await writeRecord(archive, 'journal', AT, { n: 1 }), path);
  assert.equal((await readRecords(archive, 'journal')).records.length, 2);
});

test('files that are no records are left out', async (t) => {
  const { archive, folder } = folderOf(t);
  mkdirSync(join(folder, 'journal'));
  writeFileSync(join(folder, 'journal', 'readme.txt'), 'mine');
  assert.deepEqual(await readRecords(archive, 'journal'), { records: [], damaged: [] });
  for (const path of ['journal/readme.txt', 'warm/20260210T120000123Z-0123456789abcdef.json', 'journal'])
    assert.equal(isRecordPath(path), false, path);
});

test('a record that was written survives a power cut', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const disk = new SimulatedDisk();
    await writeRecord(openFolder('/archive', disk), 'erasures', AT, { seed });
    const { records } = await readRecords(openFolder('/archive', disk.crash(seed)), 'erasures');
    assert.deepEqual(
      records.map(({ value }) => value),
      [{ seed }],
    );
  }
});

test('a record whose text is not UTF-8 is damaged, although its name fits its bytes', async (t) => {
  const { archive, folder } = folderOf(t);
  mkdirSync(join(folder, 'journal'));
  const bytes = Buffer.from([...Buffer.from('{"what":"'), 0xff, ...Buffer.from('"}\n')]);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const path = `journal/20260210T120000123Z-${digest}.json`;
  writeFileSync(join(folder, path), bytes);
  assert.deepEqual(await readRecords(archive, 'journal'), {
    records: [],
    damaged: [{ path, why: 'it is not valid JSON' }],
  });
});
