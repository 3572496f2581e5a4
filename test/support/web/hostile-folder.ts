import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { WebFolder } from './web-trial.ts';

/** Contents that would do harm if a page took them for more than text. */
export const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&\u001b[31m\u202e';
export const LARGE_BYTES: number = 50 << 20;

/** A database with hostile cells, keys, and a cell of 50 MB; nothing is archived. The caller removes the folder. */
export function hostileFolder(): WebFolder {
  const folder = mkdtempSync(join(tmpdir(), 'firn-web-'));
  const path = join(folder, 'ideas.db');
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE skill_traces (
    id TEXT PRIMARY KEY, execution_id TEXT, task_id TEXT, status TEXT, start_time TEXT, note, number, bytes BLOB)`);
  const insert = database.prepare('INSERT INTO skill_traces VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const add = (id: string, time: string, note: string): void => {
    insert.run(id, 'e-1', HOSTILE, 'done', time, note, 9007199254740993n, Buffer.from('00ff', 'hex'));
  };
  add(HOSTILE, '2026-05-31T10:00:00Z', HOSTILE);
  add('-5', '2026-05-31T09:00:00Z', JSON.stringify({ deep: [{ html: '<b>' }] }));
  add('large', '2026-05-31T08:00:00Z', 'x'.repeat(LARGE_BYTES));
  add('last', '2026-05-31T07:00:00Z', '--json');
  database.close();
  const globals = ['--db-path', path, '--archive-path', join(folder, 'archives')];
  return { folder, globals, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
