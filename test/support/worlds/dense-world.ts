import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { type CleanupRunOptions, runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { type Condition, parseCondition } from '../../../src/model/filter.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { parseSizes, setSizes } from '../../../src/model/sizes.ts';
import type { RowRun } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../archive-trial.ts';
import { readWithZlib, rowsByPart } from '../independent/archive-rows.ts';
import { rowsOfTable } from '../independent/canonical.ts';
import { assertReceiptsFit } from '../independent/warm-receipts.ts';
import { LookupWorld } from './lookup-world.ts';
import { policyOf, SMALL_NOW } from './small-database.ts';

export const DAY_MS = 86_400_000;
/** When every row of the dense world is due. */
export const DENSE_NOW: number = SMALL_NOW;
/** Rows of each table. */
export const DENSE_ROWS = 240;
/** One of each kind: a TEXT key, an INTEGER key, a compound key WITHOUT ROWID, no key. */
export const DENSE_TABLES: readonly string[] = ['log', 'calls', 'pairs', 'bare'];

const POLICIES = buildPolicySet([
  policyOf('log', { lookupKeys: ['run', 'n'] }),
  policyOf('calls', { lookupKeys: ['run'], compression: 'zstd' }),
  policyOf('pairs', { lookupKeys: [] }),
  policyOf('bare', { lookupKeys: [], compression: 'none' }),
]);

/**
 * Four tables whose rows are of one day and lie between each other in time, and not in the order of their keys: each becomes
 * several parts of many blocks, drained in many batches. Whoever loses a part, a block or a batch of it loses rows.
 */
export class DenseWorld extends LookupWorld {
  constructor() {
    setSizes(parseSizes('tiny'));
    super(POLICIES, createDenseDatabase);
  }

  /** With all that is due archived. */
  static async archived(): Promise<DenseWorld> {
    const world = new DenseWorld();
    await world.archiveAll();
    const parts = [...rowsByPart(world.archives).keys()].filter((path) => path.includes('/log'));
    assert.ok(parts.length >= 3, `the day of one table has only ${parts.length} parts`);
    return world;
  }

  sql(text: string): Record<string, unknown>[] {
    using db = new DatabaseSync(this.database, { timeout: 5000 });
    if (/^\s*(SELECT|PRAGMA)/i.test(text)) return db.prepare(text).all();
    db.exec(text);
    return [];
  }

  /** The rows of a table in the database and in the archive files, as programs see them that share nothing with Firn. */
  rows(table: string): { readonly hot: string[]; readonly archived: string[] } {
    return {
      hot: rowsOfTable(this.database, table),
      archived: readWithZlib(this.archives).get(table) ?? [],
    };
  }

  /** Asserts that these rows, and no others, are in the database or in the archive, each once. */
  assertWhole(table: string, expected: readonly string[]): void {
    const { hot, archived } = this.rows(table);
    const found = [...hot, ...archived].sort();
    const at = Math.max(
      0,
      found.findIndex((row, index) => row !== expected[index]),
    );
    assert.deepEqual(
      [found.length, found.slice(at, at + 2)],
      [expected.length, expected.slice(at, at + 2)],
      `${table}: the first difference is row ${at}`,
    );
  }

  /** Asserts that the ledger says of every file of the warm tier what it holds. */
  assertReceiptsFit(): void {
    assertReceiptsFit(this.database, this.archives);
  }

  async hold(table: string, ...conditions: readonly string[]): Promise<void> {
    await using store = await openSqliteStore(this.database);
    const parsed: Condition[] = conditions.map(parseCondition);
    await store.ledger.addHold({ table, conditions: parsed, reason: 'audit', createdAt: '2026-02-10' });
  }

  async cleanup(now: number, options: CleanupRunOptions = {}): Promise<void> {
    const clock = standingClock(now);
    await using store = await openSqliteStore(this.database, clock);
    const stores = { store, archive: this.archive, clock };
    await runCleanup(stores, this.policies, { consent: async () => true, ...options });
  }

  /** Does something that restores or erases, as the commands do. */
  async as<T>(act: (run: RowRun) => Promise<T>, now: number = DENSE_NOW): Promise<T> {
    await using store = await openSqliteStore(this.database);
    await using lookup = openSqliteLookup(this.database);
    const { archive, policies } = this;
    return await act({ store, lookup, archive, policies, clock: standingClock(now) });
  }
}

function createDenseDatabase(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = delete; BEGIN;
    CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT NOT NULL, run TEXT, n, words TEXT);
    CREATE INDEX log_ts ON log (ts);
    CREATE TABLE calls (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL, run TEXT, n INTEGER, words TEXT);
    CREATE TABLE pairs (b TEXT, a INTEGER, ts INTEGER NOT NULL, words TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE bare (ts TEXT, words TEXT);`);
  const log = db.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?)');
  const call = db.prepare('INSERT INTO calls VALUES (?, ?, ?, ?, ?)');
  const pair = db.prepare('INSERT INTO pairs VALUES (?, ?, ?, ?)');
  const bare = db.prepare('INSERT INTO bare VALUES (?, ?)');
  for (let i = 0; i < DENSE_ROWS; i++) {
    // 7 and the number of rows have no common factor: each minute comes once, in another order than the keys.
    const second = ((i * 7) % DENSE_ROWS) * 60;
    const at = (offset: number): string =>
      new Date(Date.UTC(2026, 0, 10) + (second + offset) * 1000).toISOString();
    const words = `${'dense '.repeat(12)}${i}`;
    log.run(`l-${i}`, at(0), `run-${i % 10}`, i % 20 === 0 ? i + 0.5 : BigInt(i), words);
    pair.run(`b-${i}`, BigInt(i % 3), BigInt(Date.parse(at(10))), words);
    // Each row twice: only the rowid tells them apart.
    bare.run(at(20 - 20 * (i % 2)), `${'bare '.repeat(12)}${i >> 1}`);
    call.run(BigInt(i + 1), at(30), `run-${i % 10}`, BigInt(i), words);
  }
  db.exec('COMMIT');
}
