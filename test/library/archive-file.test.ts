import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  type ArchiveFileSettings,
  archiveFileSegments,
  createArchiveFile,
  openArchiveFile,
  openFirn,
} from '../../src/index.ts';
import { createIdeas } from '../cli/ideas.ts';
import { TEST_NOW } from '../cli/world.ts';

const SETTINGS: ArchiveFileSettings = {
  table: 'tool_uses',
  columns: { id: 'TEXT', execution_id: 'TEXT', tool: 'TEXT', result_status: 'TEXT', start_time: 'TEXT' },
  primaryKey: ['id'],
  timeColumn: 'start_time',
  day: '2026-01-02',
  lookupKeys: ['execution_id'],
};

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'firn-file-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function rowAt(at: number) {
  const time = new Date(Date.UTC(2026, 0, 2, 0, 0, at)).toISOString();
  return {
    id: `x${at}`,
    execution_id: `run-${at % 7}`,
    tool: 'bash',
    result_status: 'done',
    start_time: time,
  };
}

function failsWith(code: string) {
  return (error: unknown): boolean => (error as { code: string }).code === code;
}

test('what is written row by row and in batches is read back: iterated, counted, in batches, at once', async (t) => {
  const path = join(folderOf(t), 'written.jsonl.gz');
  await using writer = await createArchiveFile(path, SETTINGS);
  for (let at = 0; at < 1_000; at++) await writer.write(rowAt(at));
  await writer.writeBatch(Array.from({ length: 1_500 }, (_, at) => rowAt(at + 1_000)));
  assert.equal(writer.count, 2_500);
  const footer = await writer.finish();
  assert.deepEqual(
    [footer.rows, footer.table, footer.lookup_keys],
    [2_500, 'tool_uses', ['id', 'execution_id']],
  );

  await using file = await openArchiveFile(path);
  assert.deepEqual([file.count, file.footer], [2_500, footer]);
  let at = 0;
  for await (const row of file) assert.equal(row.id, `x${at++}`);
  assert.equal(at, 2_500);
  const sizes: number[] = [];
  for await (const batch of file.batches(1_000)) sizes.push(batch.length);
  assert.deepEqual(sizes, [1_000, 1_000, 500]);
  assert.equal((await file.readAll()).length, 2_500);
  assert.deepEqual(
    await file.mayContain('execution_id', 'nobody'),
    footer.blocks.map(() => false),
  );
  assert.equal(await file.mayContain('tool', 'bash'), null);
  await file.verify();
  // What any other program reads.
  const [line] = gunzipSync(readFileSync(path)).toString().split('\n', 1);
  const { _archived_at, ...first } = JSON.parse(line!);
  assert.deepEqual(first, rowAt(0));
});

test('a file whose name ends in .zst is compressed with Zstandard, and any file as its settings say', async (t) => {
  const folder = folderOf(t);
  const written = async (name: string, settings: Partial<ArchiveFileSettings> = {}) => {
    await using writer = await createArchiveFile(join(folder, name), { ...SETTINGS, ...settings });
    for (let at = 0; at < 500; at++) await writer.write(rowAt(at));
    const { compression, format } = await writer.finish();
    await using file = await openArchiveFile(join(folder, name));
    await file.verify();
    assert.equal((await file.readAll()).length, 500);
    return [compression, format, readFileSync(join(folder, name)).readUInt32BE(0)];
  };
  assert.deepEqual(await written('a.jsonl.zst'), ['zstd', 3, 0x28b52ffd]);
  assert.deepEqual(await written('b.jsonl.gz', { compressionLevel: 9 }), ['gzip', 1, 0x1f8b0800]);
  assert.deepEqual((await written('c', { compression: 'zstd' }))[0], 'zstd');
  assert.equal((await written('d.jsonl', { compression: 'none' }))[0], 'none');
  await assert.rejects(written('e.jsonl.zst', { compressionLevel: 0 }), failsWith('usage'));
  await assert.rejects(written('f.jsonl.zst', { compression: 'xz' as 'zstd' }), failsWith('usage'));
  assert.deepEqual(readdirSync(folder).sort(), ['a.jsonl.zst', 'b.jsonl.gz', 'c', 'd.jsonl']);
});

test('integers, reals, bytes and NULL are written as SQLite has them', async (t) => {
  const path = join(folderOf(t), 'values.jsonl.gz');
  const columns = { id: 'INTEGER', at: 'TEXT', real: 'REAL', bytes: 'BLOB', nothing: 'TEXT' };
  await using writer = await createArchiveFile(path, {
    ...SETTINGS,
    columns,
    timeColumn: 'at',
    lookupKeys: [],
  });
  await writer.write({ id: 7, at: '2026-01-02', real: 2, bytes: new Uint8Array([0, 255]) });
  await writer.write({ id: 2n ** 62n, at: '2026-01-02T10:00:00Z', real: 0.5, nothing: null });
  await writer.finish();
  await using file = await openArchiveFile(path);
  const [one, other] = await file.readAll();
  assert.deepEqual([one?.id, one?.real, other?.id, other?.nothing], [7n, 2, 2n ** 62n, null]);
  assert.deepEqual(Buffer.from(one?.bytes as Uint8Array), Buffer.from([0, 255]));
});

test('rows that do not belong into the file are refused, and nothing is left of a file that was not finished', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'unfinished.jsonl.gz');
  {
    await using writer = await createArchiveFile(path, SETTINGS);
    await writer.write(rowAt(1));
    await assert.rejects(writer.write({ ...rowAt(2), colour: 'red' }), /unknown column colour/);
    await assert.rejects(writer.write({ ...rowAt(2), id: undefined }), /no value for the key column id/);
    await assert.rejects(writer.write({ ...rowAt(2), start_time: 'yesterday' }), /missing or invalid/);
    await assert.rejects(writer.write({ ...rowAt(2), start_time: '2026-01-03T00:00:00Z' }), /not in the day/);
    await assert.rejects(writer.write({ ...rowAt(2), tool: true as never }), /is a boolean/);
  }
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(
    createArchiveFile(path, { ...SETTINGS, primaryKey: ['key'] }),
    /key is none of the columns/,
  );
  await assert.rejects(createArchiveFile(path, { ...SETTINGS, day: '2026-1-2' }), /not the first day/);
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(path, 'mine');
  await assert.rejects(createArchiveFile(path, SETTINGS), failsWith('refused'));
  assert.equal(readFileSync(path, 'utf8'), 'mine');
});

test('a damaged, a missing and a foreign file are errors that name it', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'damaged.jsonl.gz');
  await using writer = await createArchiveFile(path, SETTINGS);
  await writer.writeBatch(Array.from({ length: 100 }, (_, at) => rowAt(at)));
  await writer.finish();
  const bytes = readFileSync(path);
  bytes[200]! ^= 1;
  writeFileSync(path, bytes);
  await using file = await openArchiveFile(path);
  await assert.rejects(file.verify(), failsWith('integrity'));
  await assert.rejects(file.readAll(), failsWith('integrity'));
  await assert.rejects(openArchiveFile(join(folder, 'missing.jsonl.gz')), failsWith('not_found'));
  writeFileSync(join(folder, 'foreign.gz'), 'no archive');
  await assert.rejects(openArchiveFile(join(folder, 'foreign.gz')), failsWith('integrity'));
});

test('files in a bundle are read by their names, and a written file can be adopted by an archive', async (t) => {
  const { folder, database, archives } = createIdeas(t);
  const clock = {
    now: () => TEST_NOW,
    monotonic: () => 0,
    sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
  await using firn = await openFirn({ database, archives, clock });
  await firn.archive('all');
  await firn.cleanup({ olderThan: '0d', only: 'consolidate' });
  const bundle = join(archives, 'cold', '2026', '2026-05.tar.gz');
  const names = await archiveFileSegments(bundle);
  assert.equal(names.length, 21);
  await assert.rejects(openArchiveFile(bundle), failsWith('usage'));
  await assert.rejects(openArchiveFile(bundle, '2026-05-09/nothing.jsonl.gz'), failsWith('not_found'));
  await using member = await openArchiveFile(bundle, names[0]);
  assert.equal((await member.readAll())[0]?.id, 't00');

  const written = join(folder, 'tool_uses.jsonl.gz');
  await using writer = await createArchiveFile(written, SETTINGS);
  await writer.write(rowAt(3));
  await writer.finish();
  assert.deepEqual(await archiveFileSegments(written), [`${folder.split('/').at(-1)}/tool_uses.jsonl.gz`]);
  mkdirSync(join(archives, 'warm', '2026-01-02'), { recursive: true });
  cpSync(written, join(archives, 'warm', '2026-01-02', 'tool_uses.jsonl.gz'));
  const { steps } = await firn.rebuild();
  assert.deepEqual(
    steps.map(({ action, subject }) => [action, subject]),
    [['adopt', '2026-01-02/tool_uses.jsonl.gz']],
  );
  const { hits } = await firn.search({ where: ['id=x3'] }).all();
  assert.deepEqual(
    hits.map(({ tier, row }) => [tier, row.id]),
    [['warm', 'x3']],
  );
});
