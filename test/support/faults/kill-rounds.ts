import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { enterLog, type WriteTally } from './disk/write-log.ts';
import { FirnProcess } from './firn-process.ts';
import { Random } from './random.ts';
import { assertConserved, type Conservation } from './rows/conservation.ts';
import { RowBook } from './rows/row-book.ts';
import { Writer } from './writer.ts';

const DAY_MS = 86_400_000;

export interface KillOptions {
  /** Holds database, archive and log; empty at the start. */
  readonly folder: string;
  readonly seed: number;
  /** Rows before the first run. */
  readonly rows: number;
  readonly insertsPerSecond: number;
  /** The share of the writer's writes that update one of its own rows, from 0 to 1. */
  readonly updates: number;
  /** At least so many kills, and going on for at least so long. */
  readonly kills: number;
  readonly minMs: number;
  /** Whatever was reached by then. */
  readonly maxMs: number;
  readonly onKill?: (kills: number) => void;
}

export interface KillReport {
  /** Runs that SIGKILL ended, and those that came to their end before it. */
  readonly kills: number;
  readonly ended: number;
  /** Kills that came while rows were leaving: the run had begun to work. */
  readonly working: number;
  readonly seconds: number;
  readonly writes: WriteTally;
  readonly conservation: Conservation;
  readonly integrity: string;
  readonly segments: number;
}

/**
 * Kills the real program at random instants, again and again, while a writer inserts and updates rows of which many are due at once. In
 * the end one run comes to its end, and every row must be in one place. Throws when one is not, or when any run that was not killed failed.
 */
export async function killAgainAndAgain(options: KillOptions): Promise<KillReport> {
  const { folder, seed } = options;
  const databasePath = join(folder, 'ideas.db');
  const archives = join(folder, 'archives');
  const logPath = join(folder, 'writer.log');
  const now = Date.now();
  createDemoDatabase(databasePath, { rows: options.rows, days: 60, now: instantOfMs(now), seed });
  const book = RowBook.photograph(databasePath, ['tool_uses']);
  const random = new Random(seed);
  const args = ['archive', 'tool_uses', '--json', '--db-path', databasePath, '--archive-path', archives];
  const writer = await Writer.start({
    ...{ databasePath, logPath, seed, now, oldestMs: 20 * DAY_MS, statuses: ['done', 'pending'] },
    perSecond: options.insertsPerSecond / (1 - options.updates),
    updates: options.updates,
  });
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  const tally = { kills: 0, ended: 0, working: 0 };
  using watch = new WorkWatch(databasePath);
  // How long a run works; learnt from those that come to their end.
  let workMs = 400;
  while ((tally.kills < options.kills || elapsed() < options.minMs) && elapsed() < options.maxMs) {
    const program = FirnProcess.start(args);
    const ended = program.ended.then(() => true);
    // Most kills are to come while rows are leaving, some at any instant from the start on.
    const working = random.next() < 0.8 ? await watch.begins(ended) : false;
    const from = performance.now();
    const { status, signal, stdout, stderr } = await program.signalAfter(random.next() * workMs * 1.1);
    if (signal === 'SIGKILL') {
      tally.kills++;
      if (working) tally.working++;
      options.onKill?.(tally.kills);
      continue;
    }
    tally.ended++;
    if (status !== 0) throw new Error(`a run ended with ${status}: ${stderr}${stdout}`);
    if (working) workMs = (2 * workMs + Math.max(50, performance.now() - from)) / 3;
  }
  await writer.stop();
  const last = await FirnProcess.run(args);
  if (last.status !== 0)
    throw new Error(`the last run ended with ${last.status}: ${last.stderr}${last.stdout}`);
  const seconds = Math.round(elapsed() / 1000);
  const writes = enterLog(book, 'tool_uses', logPath);
  const conservation = await assertConserved(book, { databasePath, archive: openFolder(archives) });
  using database = new DatabaseSync(databasePath);
  const integrity = String(database.prepare('PRAGMA integrity_check').get()!.integrity_check);
  const segments = database.prepare('SELECT count(*) AS n FROM _firn_receipts').get()!.n as number;
  return { ...tally, seconds, writes, conservation, integrity, segments };
}

/** Sees from outside when a run begins to change the ledger. */
class WorkWatch implements Disposable {
  readonly #database: DatabaseSync;

  constructor(databasePath: string) {
    this.#database = new DatabaseSync(databasePath, { timeout: 10_000 });
  }

  /** True once it does, false when the run came to its end before. */
  async begins(ended: Promise<boolean>): Promise<boolean> {
    const before = this.#state();
    while (this.#state() === before) {
      if (await Promise.race([ended, setTimeout(4, false)])) return false;
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #state(): string {
    const known = this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_firn_receipts'").get();
    if (known === undefined) return '';
    const sums = this.#database.prepare(
      'SELECT count(*) AS n, sum(position) AS position FROM _firn_receipts',
    );
    return JSON.stringify(sums.get());
  }
}
