import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bundleFiles,
  isOfTier,
  listFiles,
  quarantinedFiles,
  warmFiles,
} from '../../src/archive/listed-files.ts';
import { publishText } from '../support/archives/archive.ts';
import { MemoryArchive } from '../support/archives/memory-archive.ts';

/** What each path is, and whether it shows that the archive was used. */
const KINDS = {
  'archive.json': ['root', false],
  'lineage.json': ['root', false],
  'lookup.index': ['root', false],
  'readme.txt': ['foreign', false],
  'warmer/2026-01-16/notes.jsonl.gz': ['foreign', false],
  'warm/2026-01-16/notes.jsonl.gz': ['segment', true],
  'warm/2026-01-16/notes.1.jsonl.gz': ['foreign', true],
  'warm/2026-02-30/notes.jsonl.gz': ['foreign', true],
  'cold/2026/2026-01.tar.gz': ['bundle', true],
  'cold/2025/2026-01.tar.gz': ['foreign', true],
  'cold/2026-01-16/notes.jsonl.gz': ['foreign', true],
  'journal/20260116T000000000Z-0123456789abcdef.json': ['record', false],
  'erasures/20260116T000000000Z-0123456789abcdef.2.json': ['record', false],
  'journal/notes.json': ['foreign', false],
  'quarantine/warm/2026-01-16/notes.jsonl.gz': ['quarantined', true],
  'quarantine/warm/2026-01-16/notes.jsonl.gz.3': ['quarantined', true],
  'quarantine/warm/2026-01-16/notes.jsonl.gz.note.txt': ['note', true],
  'quarantine/cold/2026/2026-01.tar.gz': ['quarantined', true],
  'quarantine/archive.json': ['quarantined', false],
} as const;

async function listed(): Promise<MemoryArchive> {
  const archive = new MemoryArchive();
  for (const path of Object.keys(KINDS)) await publishText(archive, path, 'x');
  return archive;
}

test('a path tells what a file is, and whether it was part of a tier', async () => {
  const files = await listFiles(await listed());
  const found = files.map((file) => [file.path, [file.kind, isOfTier(file)]] as const);
  assert.deepEqual(Object.fromEntries(found), KINDS);
});

test('segments, bundles and what is in quarantine are listed without what lies beside them', async () => {
  const archive = await listed();
  const segment = '2026-01-16/notes.jsonl.gz';
  assert.deepEqual(
    (await warmFiles(archive)).map((file) => [file.segment, file.name.table, file.name.part]),
    [[segment, 'notes', 1]],
  );
  assert.deepEqual(
    (await bundleFiles(archive)).map(({ month }) => month),
    ['2026-01'],
  );
  assert.deepEqual(
    (await quarantinedFiles(archive)).map((file) => [file.path, file.segment]),
    [
      ['quarantine/archive.json', null],
      ['quarantine/cold/2026/2026-01.tar.gz', null],
      [`quarantine/warm/${segment}`, segment],
      [`quarantine/warm/${segment}.3`, segment],
    ],
  );
});
