import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { hotStoreContract } from '../../contract/hot-store.ts';
import { fill, type HotTrial } from '../hot-trial.ts';

const TABLES = {
  'a TEXT key': {
    ddl: 'CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT, state TEXT, note UNIQUE, more BLOB); CREATE INDEX t_ts ON t (ts)',
    insert: (id: number, ts: string, state: string, note: string) =>
      `INSERT INTO t VALUES ('id-${id}', ${ts}, ${state}, ${note}, x'00')`,
  },
  'an INTEGER key and no index': {
    ddl: 'CREATE TABLE t (id INTEGER PRIMARY KEY, ts, state TEXT, note UNIQUE)',
    insert: (id: number, ts: string, state: string, note: string) =>
      `INSERT INTO t VALUES (${id} * 1000 - 2000, ${ts}, ${state}, ${note})`,
  },
  'no key, and names that need quoting': {
    ddl: `CREATE TABLE t ("key" , "sel""ect", id, ts DATETIME, state TEXT, note UNIQUE, made AS (id || note) STORED, also AS (id));
      CREATE INDEX "t ts" ON t (ts, note)`,
    insert: (id: number, ts: string, state: string, note: string) =>
      `INSERT INTO t VALUES (1, 2.5, ${id}, ${ts}, ${state}, ${note})`,
  },
  'a compound key without rowid': {
    ddl: 'CREATE TABLE t (id INTEGER, ts TEXT, state TEXT, note UNIQUE, k TEXT, PRIMARY KEY (k, id)) WITHOUT ROWID; CREATE INDEX t_ts ON t (ts)',
    insert: (id: number, ts: string, state: string, note: string) =>
      `INSERT INTO t VALUES (${id}, ${ts}, ${state}, ${note}, 'k')`,
  },
  'a key that is NULL': {
    ddl: 'CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT, state TEXT, note UNIQUE, rowid)',
    insert: (_id: number, ts: string, state: string, note: string) =>
      `INSERT INTO t VALUES (NULL, ${ts}, ${state}, ${note}, 'r')`,
  },
} as const;

const DATABASES = {
  WAL: 'PRAGMA journal_mode = wal',
  'a rollback journal': 'PRAGMA journal_mode = delete',
  'UTF-16': "PRAGMA encoding = 'UTF-16le'; PRAGMA journal_mode = wal",
};

for (const [kind, pragmas] of Object.entries(DATABASES)) {
  for (const [table, { ddl, insert }] of Object.entries(TABLES)) {
    hotStoreContract(`${kind}, ${table}`, async (allowsTriggers): Promise<HotTrial> => {
      const folder = mkdtempSync(join(tmpdir(), 'firn-hot-'));
      const path = join(folder, 'a.db');
      const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
      db.exec(`${pragmas}; ${ddl}; ${fill(insert)}`);
      const reader = await openSqliteReader(path);
      const store = await openSqliteStore(path, { busyTimeoutMs: 20, allowsTriggers: () => allowsTriggers });
      return {
        reader,
        store,
        others: (sql) => db.exec(sql),
        ask: (sql) => Object.values(db.prepare(sql).get()!)[0],
        [Symbol.asyncDispose]: async () => {
          await reader[Symbol.asyncDispose]();
          await store[Symbol.asyncDispose]();
          db.close();
          rmSync(folder, { recursive: true });
        },
      };
    });
  }
}
