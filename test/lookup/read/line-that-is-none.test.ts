import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { emptyReport } from '../../../src/lookup/places/search-report.ts';
import { archivedLines } from '../../../src/lookup/read/archived-lines.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { MemoryArchive, MemoryPlace } from '../../support/archives/memory-archive.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { sampleBlock, sampleHead } from '../../support/archives/sample-segment.ts';
import { SMALL_POLICIES } from '../../support/worlds/small-database.ts';

const SEGMENT = '2026-01-16/tool_uses.jsonl.gz';
const QUERY = everything(['tool_uses']);

/** Three sealed blocks of ten rows; in the second one somebody sealed a line that is no JSON. */
const archive = await (async () => {
  const file = new MemoryFile();
  const writer = createSegmentWriter(file, sampleHead, { lookupKeys: [] });
  for (const first of [0, 10, 20]) {
    const block = sampleBlock(first, 10);
    const text = Buffer.from(block.lines).toString();
    const lines = first === 10 ? text.replace('"id":"id-13"', '"id":!!id-13!') : text;
    await writer.add({ ...block, lines: Buffer.from(lines) });
  }
  await writer.finish();
  const place = new MemoryPlace();
  place.files.set(`warm/${SEGMENT}`, file.content);
  return new MemoryArchive(place);
})();
const places = { hot: null, archive, dialect: sqlite, policies: SMALL_POLICIES };

test('a search reports the block with a line that is none, and finds the rows of the others', async () => {
  const found = search(places, QUERY);
  let rows = 0;
  for await (const _ of found) rows++;
  assert.equal(rows, 20);
  assert.deepEqual(
    found.report.problems.map((problem) => [problem.segment, problem.rows]),
    [[SEGMENT, 10]],
  );
});

test('so does what a restore, an erasure, an export and an explanation read', async () => {
  const report = emptyReport();
  let rows = 0;
  for await (const { lines } of archivedLines(places, QUERY, { newestFirst: false, report }))
    for await (const _ of lines) rows++;
  assert.equal(rows, 20);
  assert.deepEqual(
    report.problems.map((problem) => [problem.segment, problem.rows]),
    [[SEGMENT, 10]],
  );
});
