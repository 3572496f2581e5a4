import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { firn, type Outcome } from './world.ts';

/** Clears the screen, sets the title, rings, turns text around, goes back in the line; in 7 and 8 bits. */
const HOSTILE = '\x1b[2J\x1b]0;owned\x07\x1b[31m\u009b2J\x08\x7f\r\u202egnp.exe\u0085';
const BLOB = '0190aabbccddeeff001122334455667e';
const UUID = '0190aabb-ccdd-eeff-0011-22334455667e';
/** What a terminal may get beside text: line feeds, and the single colours that Firn sets. */
const ALLOWED = /\n|\x1b\[(?:0|1|2|22|31|32|33|36|39)m/g;
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

/** One table with hostile texts and BLOBs in keys, values and the name of a column. */
function hostile(t: TestContext): (isTTY: boolean, ...argv: string[]) => Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-hostile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  using db = new DatabaseSync(join(folder, 'x.db'));
  db.exec(`CREATE TABLE bad (id BLOB, name TEXT, ts TEXT, "c${HOSTILE}" TEXT, PRIMARY KEY (id, name))`);
  const insert = db.prepare('INSERT INTO bad VALUES (?, ?, ?, ?)');
  const key = Buffer.from(BLOB, 'hex');
  insert.run(key, HOSTILE, '2026-05-01T00:00:00Z', HOSTILE);
  insert.run(key, 'bytes', '2026-05-01T00:00:00Z', Buffer.from(HOSTILE));
  insert.run(key, 'young', '2026-05-31T00:00:00Z', Buffer.from(HOSTILE));
  insert.run(HOSTILE, 'undated', HOSTILE, null);
  const policy = 'hot: 7d, warm: 30d, cold: 365d, time_column: ts';
  writeFileSync(
    join(folder, 'firn.config.yaml'),
    `database: x.db\narchives: a\npreset: none\ntables:\n  bad: {${policy}, lookup_keys: [name]}\n`,
  );
  return (isTTY, ...argv) =>
    firn(argv, { cwd: folder, isTTY, env: isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' } });
}

const COMMANDS: readonly (readonly string[])[] = [
  ['archive', 'all', '--dry-run'],
  ['archive', 'all'],
  ['search'],
  ['search', '--explain', '--where', `id=${UUID}`],
  ['search', '--where', `name=${HOSTILE}`],
  ['search', '--where', HOSTILE],
  ['explain', 'bad', UUID, HOSTILE],
  ['explain', 'bad', `x'${BLOB}'`, 'bytes'],
  ['explain', 'bad', UUID, 'young'],
  ['explain', 'bad', HOSTILE, HOSTILE],
  ['explain', `bad${HOSTILE}`, '1'],
  ['hold', 'add', 'bad', '--where', `name=${HOSTILE}`, '--reason', HOSTILE],
  ['hold', 'list'],
  ['explain', 'bad', UUID, HOSTILE],
  ['restore', 'bad', '--where', `id=${UUID}`, '--into', 'restored.db', '--dry-run'],
  ['restore', 'bad', '--where', `id=${UUID}`, '--into', 'restored.db'],
  ['erase', '--table', 'bad', '--where', `id=${UUID}`, '--dry-run'],
  ['erase', '--table', 'bad', '--where', `name=${HOSTILE}`, '--yes'],
  ['sql', `SELECT * FROM bad`],
  ['sql', `SELECT '${HOSTILE}' AS "${HOSTILE}"`],
  ['sql', `SELECT "${HOSTILE}" FROM bad`],
  ['retention', 'status'],
  ['retention', 'policy'],
  ['retention', 'stats'],
  ['verify', '--deep'],
  ['status'],
  ['plan', '--set', 'bad.hot=1d'],
];

test('no value controls the terminal, in any answer for people, with and without colour', async (t) => {
  for (const isTTY of [true, false]) {
    const run = hostile(t);
    for (const command of COMMANDS) {
      const { stdout, stderr } = await run(isTTY, ...command);
      for (const text of [stdout, stderr]) {
        const left = text.replace(ALLOWED, '');
        assert.doesNotMatch(left, CONTROL, `${JSON.stringify(command)}: ${JSON.stringify(text)}`);
        assert.ok(!text.includes('\x1b[31m\\u009b'), `not even a colour: ${JSON.stringify(text)}`);
        assert.ok(!text.includes('\ufffd'), `no raw bytes: ${JSON.stringify(text)}`);
      }
    }
  }
});

test('a terminal gets harmless JSON and CSV, and a pipe gets the bytes', async (t) => {
  const run = hostile(t);
  await run(false, 'archive', 'all');
  for (const command of [
    ...['json', 'jsonl', 'csv'].map((format) => ['search', '--format', format]),
    ...['jsonl', 'csv'].map((format) => ['export', 'bad', '--format', format]),
    ...['json', 'jsonl', 'csv'].map((format) => ['sql', 'SELECT * FROM bad', '--format', format]),
    ['explain', 'bad', UUID, HOSTILE, '--json'],
    ['timeline', UUID, '--json'],
  ]) {
    const { stdout } = await run(true, ...command);
    assert.doesNotMatch(stdout.replace(ALLOWED, ''), CONTROL, JSON.stringify(command));
    if (command.includes('json')) JSON.parse(stdout);
  }
  const { stdout } = await run(false, 'export', 'bad', '--format', 'csv');
  assert.ok(stdout.includes(HOSTILE), 'a pipe is no terminal');
});

test('bytes are printed as they can be typed', async (t) => {
  const run = hostile(t);
  await run(false, 'archive', 'all');
  const found = await run(false, 'search', '--where', `id=x'${BLOB}'`);
  assert.match(found.stdout, /x'0190aabbcc…/);
  const explained = await run(false, 'explain', 'bad', `x'${BLOB.toUpperCase()}'`, 'bytes');
  assert.equal(explained.status, 0);
  assert.match(explained.stdout, /^bad x'0190AA/);
  const asked = await run(false, 'sql', 'SELECT id FROM bad LIMIT 1');
  assert.ok(asked.stdout.includes(`x'${BLOB}'`) || asked.stdout.includes(`\\x${BLOB}`), asked.stdout);
});
