import { DatabaseSync } from 'node:sqlite';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy, PolicySet } from '../../../src/model/policy/policy.ts';

const DAY_MS = 86_400_000;

/** The instant of the small database's runs: everything of January is due, nothing of February. */
export const SMALL_NOW: number = Date.parse('2026-02-10T12:00:00Z');

export function policyOf(table: string, other: Partial<Policy> = {}): Policy {
  return {
    ...{ table, group: null, hotMs: 7 * DAY_MS, warmMs: 30 * DAY_MS, coldMs: 365 * DAY_MS, timeColumn: 'ts' },
    ...{ openWhile: null, lookupKeys: ['run'], compression: 'gzip' },
    ...other,
  };
}

export const SMALL_POLICIES: PolicySet = buildPolicySet([
  policyOf('notes', { openWhile: "state = 'open'" }),
  policyOf('pairs', { compression: 'zstd' }),
  policyOf('bare', { lookupKeys: [], compression: 'none' }),
]);

/**
 * Three small tables of different kinds (TEXT key with hostile values; WITHOUT ROWID with a compound key; no key at all),
 * with rows on three due days, hot rows, an open row and rows without an intelligible time.
 */
export function createSmallDatabase(path: string, journal: 'wal' | 'delete' = 'wal'): void {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = ${journal};
    CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT NOT NULL, run TEXT, state TEXT, n INTEGER, r REAL, b BLOB, words TEXT);
    CREATE INDEX notes_ts ON notes (ts);
    CREATE TABLE pairs (a INTEGER, b TEXT, ts INTEGER, run TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE bare (ts TEXT, words TEXT);`);
  const note = db.prepare('INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const pair = db.prepare('INSERT INTO pairs VALUES (?, ?, ?, ?)');
  const bare = db.prepare('INSERT INTO bare VALUES (?, ?)');
  for (let i = 0; i < 24; i++) {
    const day = String(10 + (i % 3)).padStart(2, '0');
    const ts = [
      `2026-01-${day}T11:23:33.120157Z`,
      `2026-01-${day} 11:23:33`,
      `2026-01-${day}T23:59:59+00:00`,
    ][i % 3]!;
    note.run(
      `note-${i}`,
      ts,
      `run-${i % 4}`,
      i === 5 ? 'open' : 'done',
      2n ** 53n + BigInt(i),
      i / 3,
      i % 5 ? null : new Uint8Array([0, i, 255]),
      `word ${i} "quoted" \u0000 {"$blob":"x"}`,
    );
    pair.run(i, `p"${i}`, BigInt(Date.parse(`2026-01-${day}T00:00:00Z`) + i), `run-${i % 4}`);
    bare.run(ts, i % 2 ? 'the same words' : `words ${i}`);
  }
  for (let i = 0; i < 4; i++)
    note.run(`hot-${i}`, '2026-02-09T01:02:03Z', 'run-9', 'done', i, -0.5, null, 'hot');
  note.run('undated', 'yesterday', 'run-9', 'done', 0, Infinity, null, 'no time');
}
