/**
 * A writer like those Firn works beside: 200 tool uses a second, each a transaction of its own, with SQLite's defaults and a busy
 * timeout (5 s unless told). An insert that comes late does not put off the next ones. Every call is timed until the stop file appears.
 * Prints a line when it begins to time, and JSON in the end: `at` (ms since 1970) and `ms` of each insert, and how many `failed`.
 * Usage: insert-steadily.ts DATABASE STOP_FILE [SEED] [BUSY_TIMEOUT_MS]
 */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Agents } from '../../src/demo/agents.ts';
import { seededRandom } from '../../src/demo/random.ts';
import { toolUse } from '../../src/demo/rows.ts';
import { makeTexts } from '../../src/demo/texts.ts';
import { asInstant, instantOfMs } from '../../src/model/instant.ts';

const EVERY_MS = 5;
/** A writer that is late still has something else to do between two inserts: it never holds the lock without a gap. */
const LEAST_PAUSE_MS = 1;
const WARM_UP = 20;
const SQLITE_BUSY = 5;
const HOUR_MICROS = 3_600_000_000;

const [path, stopFile, seed = '2', timeout = '5000'] = process.argv.slice(2) as [
  string,
  string,
  string?,
  string?,
];
const random = seededRandom(Number(seed));
const texts = makeTexts(random);
const agents = new Agents(10, random, texts, () => undefined);
const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: Number(timeout) });
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const told = { at: [] as number[], ms: [] as number[], failed: 0 };
let due = performance.now();

for (let n = 0; !existsSync(stopFile); n++) {
  const at = instantOfMs(Date.now());
  const agent = agents.next(at);
  const row = toolUse({
    random,
    texts,
    agent,
    at,
    openSince: asInstant(at - HOUR_MICROS),
    insert: () => undefined,
  });
  Atomics.wait(sleeper, 0, 0, Math.max(LEAST_PAUSE_MS, due - performance.now()));
  due += EVERY_MS;
  const began = performance.now();
  if (!insert(row)) told.failed++;
  if (n === WARM_UP) console.log('timing');
  if (n <= WARM_UP) continue;
  told.at.push(performance.timeOrigin + began);
  told.ms.push(performance.now() - began);
}
db.close();
console.log(JSON.stringify(told));

function insert(row: readonly (string | number | null)[]): boolean {
  try {
    db.prepare(`INSERT INTO tool_uses VALUES (${row.map(() => '?').join(', ')})`).run(...row);
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    return false;
  }
}
