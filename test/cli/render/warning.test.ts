import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { firn } from '../world.ts';

test('a warning breaks between words on a terminal, and is one line elsewhere', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-warning-'));
  t.after(() => rmSync(folder, { recursive: true }));
  using db = new DatabaseSync(join(folder, 'x.db'));
  db.exec(`
    CREATE TABLE conversation_session (id INTEGER PRIMARY KEY, at TEXT);
    CREATE TABLE message (id INTEGER PRIMARY KEY, session INTEGER REFERENCES conversation_session (id));
    INSERT INTO conversation_session VALUES (1, '2026-01-01T00:00:00Z'), (2, '2026-05-31T00:00:00Z');
    INSERT INTO message VALUES (1, 1);
  `);
  const policy = 'hot: 7d, warm: 30d, cold: 365d, time_column: at, references: ignore';
  const config = join(folder, 'firn.config.yaml');
  writeFileSync(
    config,
    `database: x.db\narchives: a\npreset: none\ntables:\n  conversation_session: {${policy}}\n`,
  );
  const warned = async (isTTY: boolean) =>
    (await firn(['archive', 'all', '--dry-run', '--config', config], { isTTY })).stderr
      .replaceAll(/\x1b\[\d+m/g, '')
      .split('\n');
  const whole =
    'warning: conversation_session: 1 remaining row refers to rows that leave (references: ignore)';
  assert.ok((await warned(false)).includes(whole));
  const lines = await warned(true);
  const at = lines.findIndex((line) => line.startsWith('warning: '));
  assert.equal(`${lines[at]} ${lines[at + 1]!.trim()}`, whole);
  assert.ok(lines.every((line) => line.length <= 80));
});
