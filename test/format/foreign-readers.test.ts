import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { extract } from 'tar-stream';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

let folder = '';
let text = '';
let bundle: Awaited<ReturnType<typeof sampleBundle>>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firn-foreign-'));
  const segment = await sampleSegment('gzip', 5, 100);
  text = segment.text;
  writeFileSync(join(folder, 's.jsonl.gz'), segment.file.content);
  writeFileSync(join(folder, 's.jsonl.zst'), (await sampleSegment('zstd', 5, 100)).file.content);
  const plain = await sampleSegment('none', 5, 100);
  writeFileSync(join(folder, 's.jsonl'), plain.file.content);
  bundle = await sampleBundle(31);
  writeFileSync(join(folder, 'b.tar.gz'), bundle.file.content);
});
after(() => rmSync(folder, { recursive: true }));

function reads(
  title: string,
  command: string,
  args: readonly string[],
  check: (stdout: string) => void,
): void {
  const missing = spawnSync(command, ['--version']).error !== undefined;
  test(title, { skip: missing && `${command} is not installed` }, () => {
    const run = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stderr, '');
    check(run.stdout);
  });
}

reads('zcat gives the lines of a segment', 'zcat', ['s.jsonl.gz'], (stdout) => assert.equal(stdout, text));

reads('gzip finds a segment whole', 'gzip', ['-t', 's.jsonl.gz'], (stdout) => assert.equal(stdout, ''));

reads('zstdcat gives the lines of a segment', 'zstdcat', ['s.jsonl.zst'], (stdout) =>
  assert.equal(stdout, text),
);

reads('zstd finds a segment whole', 'zstd', ['-tq', 's.jsonl.zst'], (stdout) => assert.equal(stdout, ''));

for (const file of ['s.jsonl.gz', 's.jsonl.zst']) {
  reads(`rg -z finds a row in ${file}`, 'rg', ['-z', '--no-line-number', '"n":321,', file], (stdout) =>
    assert.equal(JSON.parse(stdout).id, 'id-321'),
  );
  test(`DuckDB reads the rows of ${file}`, async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const rows = await (await instance.connect()).runAndReadAll(
      `SELECT count(*), sum(n)::BIGINT, min(id), max(id) FROM read_json('${join(folder, file)}', format = 'newline_delimited')`,
    );
    assert.deepEqual(rows.getRows(), [[500n, BigInt((500 * 499) / 2), 'id-0', 'id-99']]);
    instance.closeSync();
  });
}

reads(
  'Python reads the rows of a segment',
  'python3',
  ['-c', 'import gzip, json; print(sum(json.loads(line)["n"] for line in gzip.open("s.jsonl.gz")))'],
  (stdout) => assert.equal(stdout.trim(), String((500 * 499) / 2)),
);

reads(
  'Python reads an uncompressed segment, leaving out what begins with _firn_',
  'python3',
  [
    '-c',
    'import json; print(len([row for row in map(json.loads, open("s.jsonl")) if not next(iter(row)).startswith("_firn_")]))',
  ],
  (stdout) => assert.equal(stdout.trim(), '500'),
);

reads('tar lists a bundle', 'tar', ['tzf', 'b.tar.gz'], (stdout) =>
  assert.deepEqual(
    stdout.trim().split('\n'),
    bundle.inputs.map(({ name }) => name),
  ),
);

reads('tar extracts a bundle byte for byte', 'tar', ['xzf', 'b.tar.gz'], () => {
  for (const { name, source } of bundle.inputs) {
    assert.deepEqual(readFileSync(join(folder, name)), (source as typeof bundle.file).content);
  }
});

reads(
  'Python reads a bundle',
  'python3',
  [
    '-c',
    'import tarfile; print(sum(len(t.extractfile(m).read()) for t in [tarfile.open("b.tar.gz")] for m in t))',
  ],
  (stdout) =>
    assert.equal(stdout.trim(), String(bundle.inputs.reduce((sum, { source }) => sum + source.bytes, 0))),
);

test('tar-stream reads a bundle', async () => {
  const archive = extract();
  archive.end(gunzipSync(bundle.file.content));
  const names: string[] = [];
  for await (const entry of archive) {
    names.push(entry.header.name);
    entry.resume();
  }
  assert.deepEqual(
    names,
    bundle.inputs.map(({ name }) => name),
  );
});
