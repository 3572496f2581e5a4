/**
 * Makes a source database, in a process of its own: its memory is not the bench's.
 * Usage: make-source.ts tool-uses|observability|sessions PATH ROWS DAYS
 */
import { createDemoDatabase } from '../../src/demo/demo-database.ts';
import { createToolUses } from '../../src/demo/tool-uses.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import { createSessions } from './make-sessions.ts';

const [kind, path, rows, days] = process.argv.slice(2) as [string, string, string, string];
const now = Date.now();
if (kind === 'sessions') createSessions(path, Number(rows), Number(days), now);
else {
  const create = kind === 'tool-uses' ? createToolUses : createDemoDatabase;
  create(path, { rows: Number(rows), days: Number(days), now: instantOfMs(now), seed: 1 });
}
