import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveDialect } from '../../../src/archive/found-segments.ts';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { resolveTables } from '../../../src/lookup/places/known-tables.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { columnsEver } from '../../../src/lookup/search/export-lines.ts';
import { FacetCounter } from '../../../src/lookup/search/facet-counter.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import type { DialectName } from '../../../src/model/database/dialect.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { publish, refusesWith } from '../../support/archives/archive.ts';
import { forged } from '../../support/archives/forged-segment.ts';
import { MemoryArchive } from '../../support/archives/memory-archive.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { SAMPLE_DAY, sampleHead } from '../../support/archives/sample-segment.ts';

const TIME = `${SAMPLE_DAY}T01:02:03.000Z`;

/** A segment of one row, in which two columns have names that differ in case alone. */
async function segmentOf(table: string, upper: string, dialect?: DialectName): Promise<MemoryFile> {
  const file = new MemoryFile();
  const columns = ['id', 'at', 'A', 'a'].map((name, at) => ({ name, type: 'text', key: at === 0 ? 1 : 0 }));
  const writer = createSegmentWriter(
    file,
    {
      ...sampleHead,
      table,
      columns,
      timeColumn: 'at',
      ddl: [],
      ...(dialect === undefined ? {} : { dialect }),
    },
    { lookupKeys: ['id', 'A', 'a'] },
  );
  const row = { id: 'r-1', at: TIME, A: upper, a: 'lower', _archived_at: sampleHead.archivedAt };
  const time = asInstant(Date.parse(TIME) * 1000);
  const keys = new Map([
    ['id', ['r-1']],
    ['A', [upper]],
    ['a', ['lower']],
  ]);
  await writer.add({
    lines: Buffer.from(`${JSON.stringify(row)}\n`),
    rows: 1,
    minTime: time,
    maxTime: time,
    keys,
  });
  await writer.finish();
  return file;
}

async function placesOf(segments: Readonly<Record<string, MemoryFile>>): Promise<Places> {
  const archive = new MemoryArchive();
  for (const [table, { content }] of Object.entries(segments))
    await publish(archive, `warm/${SAMPLE_DAY}/${table}.jsonl.gz`, content);
  return { hot: null, archive, dialect: await archiveDialect(archive), policies: buildPolicySet([]) };
}

async function found(places: Places, tables: readonly string[], condition: string): Promise<string[]> {
  const query = { ...everything(tables), where: [parseCondition(condition)] };
  const rows: string[] = [];
  for await (const hit of search(places, query, { anyColumn: true }))
    rows.push(`${hit.table} ${rowOf(hit).A}`);
  return rows;
}

test('without its database, the names of an archive of PostgreSQL are compared exactly', async () => {
  const places = await placesOf({
    Notes: await segmentOf('Notes', 'first', 'postgres'),
    notes: await segmentOf('notes', 'second', 'postgres'),
  });
  assert.deepEqual(await resolveTables(places, []), ['Notes', 'notes']);
  assert.deepEqual(await resolveTables(places, ['notes']), ['notes']);
  assert.deepEqual(await resolveTables(places, ['NOTES']), ['Notes'], 'a word that is no name folds');
  const both = ['Notes', 'notes'];
  assert.deepEqual(await found(places, both, 'A=first'), ['Notes first']);
  assert.deepEqual(await found(places, ['notes'], 'A=first'), []);
  assert.deepEqual(await found(places, both, 'a=first'), []);
  assert.deepEqual(await found(places, both, 'A=lower'), []);
  assert.deepEqual(await found(places, both, 'a=lower'), ['Notes first', 'notes second']);
  assert.deepEqual(await found(places, both, 'ID=r-1'), []);
  assert.deepEqual(await columnsEver(places, everything(['notes'])), ['id', 'at', 'A', 'a']);
  using facets = new FacetCounter(['A', 'a', 'ID'], places.dialect);
  for await (const hit of search(places, everything(both))) facets.add(rowOf(hit));
  assert.deepEqual(
    facets.result().map(({ values }) => values.map(({ value }) => value).sort()),
    [['first', 'second'], ['lower'], [null]],
  );
});

test('those of an archive of SQLite fold A-Z', async () => {
  const places = await placesOf({ Notes: await segmentOf('Notes', 'first') });
  assert.deepEqual(await found(places, ['NOTES'], 'ID=r-1'), ['Notes first']);
  assert.deepEqual(await found(places, ['notes'], 'a=first'), ['Notes first']);
});

test('rows of a database of an unknown kind are left to a newer version, as a part of the answer that is missing', async () => {
  const known = await segmentOf('notes', 'second', 'postgres');
  const other = await forged(await segmentOf('others', 'third', 'postgres'), (footer) => {
    footer.dialect = 'oracle';
  });
  const places = await placesOf({ notes: known, others: other });
  const answer = search(places, everything(['notes', 'others']));
  const tables: string[] = [];
  for await (const { table } of answer) tables.push(table);
  assert.deepEqual(tables, ['notes']);
  assert.deepEqual(
    answer.report.problems.map(({ segment, why }) => [segment, why]),
    [
      [
        `${SAMPLE_DAY}/others.jsonl.gz`,
        'its rows are from a database of the kind "oracle"; this version of Firn supports only sqlite and postgres',
      ],
    ],
  );
  await refusesWith('refused', openSegment(other, 'others'));
});
