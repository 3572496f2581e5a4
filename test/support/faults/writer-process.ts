// A program of its own: writes rows beside Firn, and logs each write before and after its commit. Its one argument is
// the JSON of `WriterOptions`. It ends when its parent does, or is told to by any message.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { SQLInputValue } from 'node:sqlite';
import { openBystander, readRows } from './cells.ts';
import type { LogLine } from './disk/write-log.ts';
import { Random } from './random.ts';
import type { WriterOptions } from './writer.ts';

const options: WriterOptions = JSON.parse(process.argv[2]!);
const random = new Random(options.seed);
const database = openBystander(options.databasePath);
const log = openSync(options.logPath, 'a', 0o600);
const ids: string[] = [];
const began = performance.now();
let writes = 0;

function note(line: LogLine): void {
  writeSync(log, `${JSON.stringify(line)}\n`);
}

const INSERT =
  database.prepare(`INSERT INTO tool_uses (id, execution_id, transcript_entry_id, tool, tool_category,
  input, input_summary,
  result_status, output_summary, start_time, end_time, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const UPDATE = database.prepare('UPDATE tool_uses SET result_status = ?, output_summary = ? WHERE id = ?');

function insert(id: string): void {
  const { now, oldestMs, statuses } = options;
  const time = new Date(now - random.integer(0, oldestMs)).toISOString();
  const [execution, entry] = [`execution-${random.integer(1, 50)}`, `entry-${random.integer(1, 500)}`];
  const status = random.pick(statuses);
  const input = JSON.stringify({
    file: `/src/${random.integer(1, 99)}.ts`,
    text: 'x'.repeat(random.integer(0, 800)),
  });
  const values: SQLInputValue[] = [
    id,
    execution,
    entry,
    'Read',
    'file',
    input,
    'reads',
    status,
    'ok',
    time,
    time,
    random.integer(0, 9),
  ];
  INSERT.run(...values);
}

/** One write in its own transaction; returns what became of it. */
function write(n: number): LogLine {
  const update = ids.length > 0 && random.next() < options.updates;
  const id = update ? random.pick(ids) : `w${options.seed}-${n}`;
  const start = performance.now();
  const ms = (): number => Math.round((performance.now() - start) * 10) / 10;
  try {
    database.exec('BEGIN IMMEDIATE');
    if (update && UPDATE.run('done', `update ${n}`, id).changes === 0n) {
      database.exec('ROLLBACK');
      return { missed: n, ms: ms() };
    }
    if (!update) insert(id);
    const [row] = readRows(database, 'tool_uses', `WHERE id = '${id}'`);
    note({ begin: n, ...row!, change: update ? 'update' : 'insert' });
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    if (!/locked|busy/.test(String(error))) throw error;
    return { busy: n, ms: ms() };
  }
  if (!update) ids.push(id);
  return { done: n, ms: ms() };
}

function end(): void {
  clearInterval(timer);
  database.close();
  closeSync(log);
}

const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - began) * options.perSecond) / 1000) - writes;
  for (let left = Math.min(due, 50); left > 0; left--) note(write(++writes));
}, 5);
process.once('message', () => process.disconnect());
process.once('disconnect', end);
process.send?.('ready');
