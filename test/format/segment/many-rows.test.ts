import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGunzip, gunzipSync } from 'node:zlib';
import { openBundle } from '../../../src/format/bundle/bundle-reader.ts';
import { writeBundle } from '../../../src/format/bundle/bundle-writer.ts';
import { proveBundle } from '../../../src/format/bundle/prove-bundle.ts';
import { provenFooter, sealDigest } from '../../../src/format/segment/prove.ts';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { asFormatOne } from '../../support/archives/format-one.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { askDuck } from '../../support/independent/duckdb.ts';
import { manyRows } from '../../support/worlds/many-rows.ts';

/** By hand, FIRN_TEST_ROWS=1000000 as well. */
const ROWS = Number(process.env.FIRN_TEST_ROWS ?? 100_000);
const SUM = (ROWS * (ROWS - 1)) / 2;
const NAME = '2026-01-16/many.jsonl.gz';

let folder = '';
let file: MemoryFile;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firn-many-'));
  file = await manyRows(ROWS);
  writeFileSync(join(folder, 's.jsonl.gz'), file.content);
  const bundle = new MemoryFile();
  await writeBundle(bundle, '2026-01', [{ name: NAME, source: file }]);
  writeFileSync(join(folder, 'b.tar.gz'), bundle.content);
});
after(() => rmSync(folder, { recursive: true }));

/** What a shell command prints on a segment in `s.jsonl.gz`; skipped where the program is missing. */
function reads(title: string, command: string, expected: string, input = ''): void {
  const [program] = command.split(' ') as [string];
  const missing = spawnSync(program, ['--version']).error !== undefined;
  test(title, { skip: missing && `${program} is not installed` }, () => {
    const run = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', input });
    assert.equal(run.stderr, '');
    assert.equal(run.status, 0);
    assert.equal(run.stdout.trim(), expected);
  });
}

reads('zcat gives every line', 'zcat s.jsonl.gz | wc -l', String(ROWS));
reads('gzip finds the file whole', 'gzip -t s.jsonl.gz', '');
reads('pigz finds the file whole', 'pigz -t s.jsonl.gz', '');
reads('pigz gives every line', 'pigz -dc s.jsonl.gz | wc -l', String(ROWS));
reads('ripgrep finds a row', `rg -z -c '"n":${ROWS - 1},' s.jsonl.gz`, '1');
reads(
  'Python adds up the rows',
  `python3 -c 'import gzip, json; print(sum(json.loads(l)["n"] for l in gzip.open("s.jsonl.gz")))'`,
  String(SUM),
);
reads('bsdtar lists the bundle', 'bsdtar -tzf b.tar.gz', NAME);
reads('tar gives the segment of a bundle', `tar -xzOf b.tar.gz ${NAME} | zcat | wc -l`, String(ROWS));

test('Node.js gives every line', async () => {
  assert.equal(gunzipSync(file.content).toString().split('\n').length - 1, ROWS);
  let lines = 0;
  for await (const chunk of createReadStream(join(folder, 's.jsonl.gz')).pipe(createGunzip()))
    for (const byte of chunk as Buffer) if (byte === 0x0a) lines++;
  assert.equal(lines, ROWS);
});

test('DuckDB adds up the rows of the file as it lies there', async () => {
  const sql = `SELECT count(*), sum(n)::DOUBLE, count(DISTINCT id) FROM read_json('${join(folder, 's.jsonl.gz')}')`;
  assert.deepEqual(await askDuck(sql), [[BigInt(ROWS), SUM, BigInt(ROWS)]]);
});

test('a segment and a bundle whose chains are short are written as format 1, byte for byte as Firn 0.1.0 wrote them', async () => {
  const small = await manyRows(100);
  const bundle = new MemoryFile();
  await writeBundle(bundle, '2026-01', [{ name: NAME, source: small }]);
  for (const { content } of [small, bundle]) assert.deepEqual(asFormatOne(content), Buffer.from(content));
  assert.equal((await openSegment(small, NAME)).footer.format, 1);
});

test('DuckDB refuses a file of format 1 of that size', async () => {
  const old = join(folder, 'old.jsonl.gz');
  writeFileSync(old, asFormatOne(file.content));
  await assert.rejects(askDuck(`SELECT count(*) FROM read_json('${old}')`), /larger than defined maximum/);
});

test('a segment of format 1 is read, proved and searched as one of format 2 is', async () => {
  const old = new MemoryFile(asFormatOne(file.content));
  assert.notEqual(old.bytes, file.bytes);
  const [before, now] = await Promise.all([old, file].map((source) => openSegment(source, 's')));
  assert.equal(before!.footer.format, 1);
  assert.equal(now!.footer.format, 2);
  assert.equal((await provenFooter(old, 's')).rows, ROWS);
  assert.equal(await sealDigest(old, 's'), before!.footer.digest);
  for (const id of ['id-0', `id-${ROWS - 1}`, 'no such id'])
    assert.deepEqual(await before!.mayContain('id', id), await now!.mayContain('id', id));
  assert.deepEqual(await before!.block(1), await now!.block(1));
});

test('a bundle of format 1 is read and proved, and a new bundle holds segments of both', async () => {
  const segment = new MemoryFile(asFormatOne((await manyRows(500)).content));
  const bundle = new MemoryFile();
  const later = '2026-01-16/many.2.jsonl.gz';
  await writeBundle(bundle, '2026-01', [
    { name: later, source: await manyRows(300) },
    { name: NAME, source: segment },
  ]);
  const old = new MemoryFile(asFormatOne(bundle.content));
  for (const source of [bundle, old]) {
    assert.equal((await proveBundle(source, 'b')).members.length, 2);
    const member = (await openBundle(source, 'b')).open(NAME)!;
    assert.equal((await (await openSegment(member, NAME)).readAll()).length, 500);
  }
});

test('every damage of a file of format 1 is still found', async () => {
  const small = await manyRows(3_000);
  const old = new MemoryFile(asFormatOne(small.content));
  await provenFooter(old, 's');
  for (let at = 0; at < old.bytes; at += 101)
    await assert.rejects(provenFooter(old.flipped(at, 1), 's'), { code: 'integrity' }, `byte ${at}`);
});

test('members cut as the other format cuts them are damage', async () => {
  const old = asFormatOne(file.content);
  const mixed = Buffer.from(old);
  // The tail claims format 2, with a right checksum, over chains of format 1.
  const { crc32 } = await import('node:zlib');
  mixed.writeUInt16LE(2, mixed.length - 98 + 16 + 8);
  mixed.writeUInt32LE(crc32(mixed.subarray(mixed.length - 82, mixed.length - 14)), mixed.length - 14);
  await assert.rejects(openSegment(new MemoryFile(mixed), 's'), { code: 'integrity' });
});

test('the file that was written is the file that was read', () => {
  assert.deepEqual(readFileSync(join(folder, 's.jsonl.gz')), file.content);
});
