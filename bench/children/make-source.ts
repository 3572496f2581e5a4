/**
 * Makes a source database, in a process of its own: its memory is not the bench's.
 * Usage: make-source.ts tool-uses|observability PATH ROWS DAYS
 */
import { createDemoDatabase } from '../../src/demo/demo-database.ts';
import { createToolUses } from '../../src/demo/tool-uses.ts';
import { instantOfMs } from '../../src/model/instant.ts';

const [kind, path, rows, days] = process.argv.slice(2) as [string, string, string, string];
const create = kind === 'tool-uses' ? createToolUses : createDemoDatabase;
create(path, { rows: Number(rows), days: Number(days), now: instantOfMs(Date.now()), seed: 1 });
