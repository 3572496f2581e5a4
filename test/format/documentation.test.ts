import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeBundle } from '../../src/format/bundle/bundle-writer.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { segmentName } from '../../src/format/segment-names.ts';
import { COMPRESSIONS } from '../../src/model/policy/compression.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

const document = readFileSync(new URL('../../docs/format.md', import.meta.url), 'utf8');
const reader = [...document.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code).join('\n');
const missing = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined;
const skip = missing('python3') && 'python3 is not installed';
/** Python 3.11 leaves the frames to the zstd program. */
const skipOf = {
  ...{ gzip: skip, none: skip },
  zstd: skip || (missing('zstd') && 'zstd is not installed'),
};

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-documented-'));
});
after(() => rmSync(folder, { recursive: true }));

/** What the documented reader, followed by this program, prints as JSON. */
function python(program: string): unknown {
  const run = spawnSync('python3', ['-c', `${reader}\n${program}`], { cwd: folder, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

test('the document has a reader', () => {
  assert.match(reader, /def open_segment/);
  assert.match(reader, /def may_contain/);
});

for (const compression of COMPRESSIONS) {
  test(`the documented reader reads a segment (${compression})`, { skip: skipOf[compression] }, async () => {
    const { file } = await sampleSegment(compression, 4, 300);
    writeFileSync(join(folder, 'segment'), file.content);
    const read = python(
      'd = open("segment", "rb").read(); print(json.dumps([sum(r["n"] for r in rows(d)), sum(1 for r in rows(d, lambda b: b["offset"] > 0)), may_contain(d, "id", "id-700"), may_contain(d, "n", "1")]))',
    );
    const may = await (await openSegment(file, 'segment')).mayContain('id', 'id-700');
    assert.deepEqual(read, [(1200 * 1199) / 2, 900, may, null]);
  });

  test(`the documented reader reads a segment within a bundle (${compression})`, {
    skip: skipOf[compression],
  }, async () => {
    const { file: segment } = await sampleSegment(compression, 4, 600);
    const name = segmentName('tool_uses', '2026-01-16', 1, compression);
    const file = new MemoryFile();
    await writeBundle(file, '2026-01', [{ name, source: segment }]);
    writeFileSync(join(folder, 'bundle'), file.content);
    const read = python(
      'd = open("bundle", "rb").read(); t = open_segment(d); print(json.dumps([t["month"], t["members"][0]["name"], sum(r["n"] for r in rows(member(d, t["members"][0])))]))',
    );
    assert.deepEqual(read, ['2026-01', name, (2400 * 2399) / 2]);
  });
}

test('the documented reader notices damage', { skip }, async () => {
  const { file } = await sampleSegment('gzip', 1, 30);
  writeFileSync(join(folder, 'damaged'), file.flipped(50, 1).content);
  const run = spawnSync('python3', ['-c', `${reader}\nopen_segment(open("damaged", "rb").read())`], {
    cwd: folder,
  });
  assert.notEqual(run.status, 0);
});
