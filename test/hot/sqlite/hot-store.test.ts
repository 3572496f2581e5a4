import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { hotStoreContract } from '../../contract/hot-store.ts';
import { type HotTrial, rowsOfTrial } from '../hot-trial.ts';
import { application } from './sqlite-place.ts';

const TABLES: Readonly<
  Record<string, { readonly ddl: string; readonly rows: Parameters<typeof rowsOfTrial>[0] }>
> = {
  'a TEXT key': {
    ddl: 'CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT, state TEXT, note UNIQUE, more BLOB); CREATE INDEX t_ts ON t (ts)',
    rows: (id, ts, state, note) => [`id-${id}`, ts, state, note, new Uint8Array(1)],
  },
  'an INTEGER key and no index': {
    ddl: 'CREATE TABLE t (id INTEGER PRIMARY KEY, ts, state TEXT, note UNIQUE)',
    rows: (id, ts, state, note) => [id * 1000n - 2000n, ts, state, note],
  },
  'no key, and names that need quoting': {
    ddl: `CREATE TABLE t ("key" , "sel""ect", id, ts DATETIME, state TEXT, note UNIQUE, made AS (id || note) STORED, also AS (id));
      CREATE INDEX "t ts" ON t (ts, note)`,
    rows: (id, ts, state, note) => [1n, 2.5, id, ts, state, note],
  },
  'a compound key without rowid': {
    ddl: 'CREATE TABLE t (id INTEGER, ts TEXT, state TEXT, note UNIQUE, k TEXT, PRIMARY KEY (k, id)) WITHOUT ROWID; CREATE INDEX t_ts ON t (ts)',
    rows: (id, ts, state, note) => [id, ts, state, note, 'k'],
  },
  'a key that is NULL': {
    ddl: 'CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT, state TEXT, note UNIQUE, rowid)',
    rows: (_id, ts, state, note) => [null, ts, state, note, 'r'],
  },
};

const SIDE_EFFECTS = `
  CREATE TABLE log (note);
  CREATE TRIGGER gone AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.note); END;
  CREATE TABLE child (note REFERENCES t (note) ON DELETE CASCADE);
  INSERT INTO child VALUES ('note 0')`;

const DATABASES = {
  WAL: 'PRAGMA journal_mode = wal',
  'a rollback journal': 'PRAGMA journal_mode = delete',
  'UTF-16': "PRAGMA encoding = 'UTF-16le'; PRAGMA journal_mode = wal",
};

for (const [kind, pragmas] of Object.entries(DATABASES)) {
  for (const [table, { ddl, rows }] of Object.entries(TABLES)) {
    hotStoreContract(`${kind}, ${table}`, async (allowsTriggers): Promise<HotTrial> => {
      const folder = mkdtempSync(join(tmpdir(), 'firn-hot-'));
      const path = join(folder, 'a.db');
      const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
      db.exec(`${pragmas}; ${ddl}`);
      const user = application(db);
      user.insert('t', rowsOfTrial(rows));
      const reader = await openSqliteReader(path);
      const store = await openSqliteStore(path, { busyTimeoutMs: 20, allowsTriggers: () => allowsTriggers });
      return {
        reader,
        store,
        application: user,
        keep: (note) =>
          db.exec(
            `CREATE TRIGGER keep BEFORE DELETE ON t WHEN old.note = '${note}' BEGIN SELECT RAISE(IGNORE); END`,
          ),
        addSideEffects: () => db.exec(SIDE_EFFECTS),
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
