import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { firn, TEST_NOW } from '../../cli/world.ts';

const DAY = 86_400_000;
const ROWS = 60;

/** Messages whose time is in their JSON alone, as some agents keep it: a generated column, with an index, gives it. */
function place(t: TestContext, kind: 'STORED' | 'VIRTUAL'): { folder: string; database: string } {
  const folder = mkdtempSync(join(tmpdir(), 'firn-generated-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'data.db');
  using db = new DatabaseSync(database);
  db.exec(`CREATE TABLE message (id TEXT PRIMARY KEY, data TEXT NOT NULL, words INTEGER AS (length(data)) VIRTUAL,
      created_at TEXT GENERATED ALWAYS AS (json_extract(data, '$.created')) ${kind});
    CREATE INDEX message_created ON message (created_at);
    CREATE TABLE part (id TEXT PRIMARY KEY, data TEXT NOT NULL, message_id TEXT AS (json_extract(data, '$.message')) ${kind});
    CREATE INDEX part_message ON part (message_id)`);
  const insert = db.prepare('INSERT INTO message (id, data) VALUES (?, ?)');
  const part = db.prepare('INSERT INTO part (id, data) VALUES (?, ?)');
  for (let n = 0; n < ROWS; n++) {
    const created = new Date(TEST_NOW - (ROWS - n) * DAY).toISOString();
    insert.run(`m${n}`, JSON.stringify({ created, text: `words ${n}` }));
    part.run(`p${n}`, JSON.stringify({ message: `m${n}` }));
  }
  return { folder, database };
}

type Found = Record<string, unknown>[];

function rowsOf(path: string): { readonly messages: Found; readonly parts: Found } {
  using db = new DatabaseSync(path, { readOnly: true });
  return {
    messages: db.prepare('SELECT id, data, words, created_at FROM message ORDER BY id').all(),
    parts: db.prepare('SELECT id, data, message_id FROM part ORDER BY id').all(),
  };
}

for (const kind of ['STORED', 'VIRTUAL'] as const) {
  test(`a ${kind.toLowerCase()} generated column is proposed as time column, and rows come back exactly`, async (t) => {
    const { folder, database } = place(t, kind);
    const before = rowsOf(database);
    const run = async (...argv: string[]): Promise<string> => {
      const { status, stdout, stderr } = await firn(argv, { cwd: folder });
      assert.equal(status, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    };
    await run('init', '--db-path', database);
    const config = join(folder, 'firn.config.yaml');
    const proposed = readFileSync(config, 'utf8');
    assert.match(proposed, /^ {2}#message:\n( {2}# .*\n)*? {2}# {2}time_column: created_at$/m);
    assert.match(proposed, /^ {2}#part:\n {2}# {2}with: message.*\n {2}# {2}by: message_id$/m);
    writeFileSync(config, proposed.replaceAll(/^( {2})#(?! \S)/gm, '$1'));

    const plan = JSON.parse(await run('archive', 'all', '--dry-run', '--json'));
    const report = JSON.parse(await run('archive', 'all', '--json'));
    // April is over for 30 days.
    assert.deepEqual([plan.total, report.total], [58, 58]);
    const { messages, parts } = rowsOf(database);
    assert.deepEqual([messages.length, parts.length], [ROWS - 29, ROWS - 29]);
    await run('verify', '--deep');

    const found = JSON.parse(await run('search', '--table', 'message', '--until', '2026-04-10', '--json'));
    assert.equal(found.hits.length, 9);
    assert.ok(found.hits.every(({ row }: { row: Record<string, unknown> }) => row.created_at !== undefined));
    assert.match(await run('export', 'message', '--format', 'csv'), /^id,data,created_at,/);
    const counted = await run(
      'sql',
      '--format',
      'json',
      "SELECT count(*) AS n FROM message WHERE created_at < '2026-04-10'",
    );
    assert.equal(JSON.parse(counted)[0].n, 8);
    assert.match(await run('explain', 'message', 'm0'), /2026-04-02/);

    const other = join(folder, 'other.db');
    await run('restore', 'message', '--where', 'id=m3', '--with-children', '--into', other);
    assert.deepEqual(rowsOf(other), {
      messages: before.messages.filter(({ id }) => id === 'm3'),
      parts: before.parts.filter(({ id }) => id === 'p3'),
    });
    await run('restore', 'all', '--into', 'hot');
    assert.deepEqual(rowsOf(database), before);
    const later = await firn(['archive', 'all', '--json'], { cwd: folder, now: TEST_NOW + 15 * DAY });
    assert.equal(later.status, 0, later.stderr);
    await run('doctor');
  });
}
