import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { FirnProcess } from '../../support/faults/firn-process.ts';
import { readWithZlib, rowsByPart } from '../../support/independent/archive-rows.ts';

const ROWS = 400;

function world(t: { after(action: () => void): void }): { readonly db: string; readonly archives: string } {
  const folder = mkdtempSync(join(tmpdir(), 'firn-sizes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const db = join(folder, 'a.db');
  using database = new DatabaseSync(db);
  database.exec('CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, words TEXT)');
  const insert = database.prepare("INSERT INTO notes VALUES (?, '2026-01-05T10:00:00Z', ?)");
  for (let i = 0; i < ROWS; i++) insert.run(`tool-${i}`, 'x'.repeat(100));
  const policy = 'hot: 7d, warm: 30d, cold: 365d, time_column: ts';
  writeFileSync(`${db}.yaml`, `preset: none\ntables: {notes: {${policy}}}\n`);
  return { db, archives: join(folder, 'archives') };
}

function archive({ db, archives }: ReturnType<typeof world>, sizes: string) {
  const args = [
    'archive',
    'all',
    '--config',
    `${db}.yaml`,
    '--json',
    '--db-path',
    db,
    '--archive-path',
    archives,
  ];
  return FirnProcess.run(args, { env: { FIRN_TEST_SIZES: sizes } });
}

test('sizes from the environment reach the copying thread: a day is written in many parts', async (t) => {
  const here = world(t);
  const { status, stderr } = await archive(here, 'tiny');
  assert.equal(status, 0, stderr);
  const parts = rowsByPart(here.archives);
  assert.ok(parts.size >= 3, `${parts.size} parts`);
  assert.equal(
    [...parts.values()].reduce((sum, rows) => sum + rows, 0),
    ROWS,
  );
});

test('without them a small day is one part', async (t) => {
  const here = world(t);
  assert.equal((await archive(here, '')).status, 0);
  assert.equal(rowsByPart(here.archives).size, 1);
  assert.equal(readWithZlib(here.archives).get('notes')?.length, ROWS);
});

test('nonsense for sizes is refused before anything is done', async (t) => {
  const here = world(t);
  for (const sizes of ['small', '{"partBytes":0}', '{"parts":3}']) {
    const { status, stdout, stderr } = await archive(here, sizes);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' }, sizes);
    assert.match(stderr, /could not read the sizes: .*\n.*Unset it/, sizes);
  }
  assert.equal(rowsByPart(here.archives).size, 0);
});
