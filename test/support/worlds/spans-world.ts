import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { type CleanupRunOptions, runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import type { VerifyReport } from '../../../src/lifecycle/verify/verify-report.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import { standingClock } from '../archive-trial.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { readWithZlib } from '../independent/archive-rows.ts';
import { rowsOfTable } from '../independent/canonical.ts';
import { policyOf } from './small-database.ts';

/** A table `t` with one row a day, at noon, and its archive; gone when the test ends. Hot 7d, warm 30d, cold 365d. */
export class SpansWorld {
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'small.db');
  readonly archives: string = join(this.folder, 'archives');
  policy: Policy;

  /** @param first the day of the first row, `YYYY-MM-DD`. */
  constructor(t: TestContext, first: string, days: number, policy: Partial<Policy> = {}) {
    t.after(() => rmSync(this.folder, { recursive: true }));
    this.policy = policyOf('t', { lookupKeys: [], ...policy });
    this.sql(`PRAGMA journal_mode = wal; CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${days - 1})
      INSERT INTO t (ts, words) SELECT date('${first}', i || ' days') || 'T12:00:00Z', 'row ' || i FROM n`);
  }

  sql(text: string): void {
    using db = new DatabaseSync(this.database, { timeout: 5000 });
    db.exec(text);
  }

  /** `firn archive all` at this time, ISO 8601. */
  async archive(at: string, options: RunOptions = {}): Promise<ArchiveReport> {
    await using store = await openSqliteStore(this.database);
    await using reader = await openSqliteReader(this.database);
    const archive = openFolder(this.archives);
    const stores = { store, archive, copier: inlineCopier(reader, archive), clock: clockAt(at) };
    return await runArchive(stores, buildPolicySet([this.policy]), 'all', options);
  }

  async cleanup(at: string, options: CleanupRunOptions = {}): Promise<void> {
    await using store = await openSqliteStore(this.database);
    const stores = { store, archive: openFolder(this.archives), clock: clockAt(at) };
    await runCleanup(stores, buildPolicySet([this.policy]), { consent: async () => true, ...options });
  }

  async verify(at: string): Promise<VerifyReport> {
    await using store = await openSqliteStore(this.database);
    const stores = { store, archive: openFolder(this.archives), clock: clockAt(at) };
    return await runVerify(stores, { scope: 'deep' });
  }

  async rebuild(at: string): Promise<void> {
    await using store = await openSqliteStore(this.database);
    await rebuildLedger({ store, archive: openFolder(this.archives), clock: clockAt(at) });
  }

  async receipts(): Promise<readonly Receipt[]> {
    await using reader = await openSqliteReader(this.database);
    return await reader.ledger.receipts();
  }

  /** The rows in the database and in the archive files, as programs see them that share nothing with Firn. */
  rows(): { readonly hot: string[]; readonly archived: string[] } {
    return { hot: rowsOfTable(this.database, 't'), archived: readWithZlib(this.archives).get('t') ?? [] };
  }
}

export function clockAt(at: string): ReturnType<typeof standingClock> {
  return standingClock(Date.parse(at));
}
