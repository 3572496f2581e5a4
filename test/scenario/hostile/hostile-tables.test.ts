import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DUE, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

/** `rows` due rows and one young one in a table whose columns are `id` and what follows. */
function fillTable(db: DatabaseSync, name: string, columns: string, values: string, rows = 5): void {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  db.exec(`CREATE TABLE ${quoted} ${columns};
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows + 1})
    INSERT INTO ${quoted} SELECT ${values.replaceAll(':ts', `iif(i > ${rows}, '${YOUNG}', '${DUE}')`)} FROM n`);
}

const KINDS: Readonly<Record<string, readonly [columns: string, values: string]>> = {
  'an INTEGER key': ['(id INTEGER PRIMARY KEY, ts TEXT)', 'i * 1000000007, :ts'],
  'negative rowids': ['(id INTEGER PRIMARY KEY, ts TEXT)', '-9223372036854775808 + i, :ts'],
  'a TEXT key': ['(id TEXT PRIMARY KEY, ts TEXT)', "'k' || i, :ts"],
  'a descending key': ['(id INTEGER, ts TEXT, PRIMARY KEY (id DESC))', 'i, :ts'],
  'a key without regard to case': ['(id TEXT COLLATE NOCASE PRIMARY KEY, ts TEXT)', "'K' || i, :ts"],
  'a compound key': ['(a TEXT, ts TEXT, b INTEGER, PRIMARY KEY (b, a))', "'a', :ts, i"],
  'a compound key that holds the time': ['(ts TEXT, n INTEGER, PRIMARY KEY (ts, n)) WITHOUT ROWID', ':ts, i'],
  'no key': ['(ts TEXT, words TEXT)', ":ts, 'the same'"],
  'no rowid': ['(a INTEGER, b TEXT, ts TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID', "i, 'b', :ts"],
  'strict types': ['(id INTEGER PRIMARY KEY, ts TEXT, r REAL, x ANY) STRICT', "i, :ts, i, x'00'"],
  'generated columns': [
    '(id INTEGER PRIMARY KEY, ts TEXT, v TEXT AS (id || ts) VIRTUAL, s TEXT AS (id || ts) STORED)',
    'i, :ts',
  ],
  'a column named rowid': ['(rowid TEXT, ts TEXT)', "'r' || i, :ts"],
  'a column named rowid, and a key': ['(id TEXT PRIMARY KEY, rowid TEXT, ts TEXT)', "'k' || i, 'r', :ts"],
  'columns named rowid and oid': ['(rowid TEXT, oid INTEGER, ts TEXT)', "'r' || i, i, :ts"],
  'columns that need quoting': [
    '(id INTEGER PRIMARY KEY, ts TEXT, "select" TEXT, "a ""b"" c" TEXT, "ü’; --" TEXT, "%s ?1 :x $y @z" TEXT, "x.y" TEXT, "" TEXT, "__proto__" TEXT, "1" TEXT, "null" TEXT, "line\nfeed" TEXT, "constructor" TEXT)',
    "i, :ts, 's', 'q', 'u', 'p', 'd', 'e', 'proto', 'one', 'n', 'l', 'c'",
  ],
  'checks, defaults and conflict clauses': [
    "(id INTEGER PRIMARY KEY ON CONFLICT REPLACE, ts TEXT NOT NULL DEFAULT (datetime('now')), n INTEGER CHECK (n > 0), UNIQUE (n) ON CONFLICT IGNORE)",
    'i, :ts, i',
  ],
};

test('tables of every kind leave whole, and their young rows stay', async (t) => {
  const kinds = Object.entries(KINDS);
  const world = new HostileWorld(t, {
    tables: Object.fromEntries(kinds.map(([kind]) => [kind, {}])),
    fill: (db) => {
      for (const [kind, [columns, values]] of kinds) fillTable(db, kind, columns, values);
    },
  });
  const { status, tables, stderr } = await world.archive();
  assert.equal(status, 0, stderr);
  for (const { table, status, records, message } of tables) {
    assert.deepEqual([table, status, records], [table, 'archived', 5], message);
  }
  assert.equal(tables.length, kinds.length);
  world.assertWhole('python');
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

const NAMES = [
  'select',
  'with space',
  `quo"te's`,
  'semi;colon--',
  'per%cent%41',
  'dots.in.name',
  '.hidden',
  '..',
  '-dash',
  'ümläut 表 🧊',
  '[brackets]',
  '`ticks`',
  'new\nline',
  'back\\slash',
  'a/b',
  'CON',
  '$dollar ?1 :p @p',
  '__proto__',
  'constructor',
  'UPPER and lower',
  '1234',
];

test('tables of any name leave for files inside the archive, and are found again by their name', async (t) => {
  const world = new HostileWorld(t, {
    tables: Object.fromEntries(NAMES.map((name) => [name, {}])),
    fill: (db) => {
      for (const name of NAMES) fillTable(db, name, '(id INTEGER PRIMARY KEY, ts TEXT)', 'i, :ts', 2);
    },
  });
  const { status, tables, stderr } = await world.archive();
  assert.equal(status, 0, stderr);
  for (const { table, status, records } of tables)
    assert.deepEqual([table, status, records], [table, 'archived', 2]);
  assert.equal(tables.length, NAMES.length);
  world.assertWhole('python');
  assert.equal(readdirSync(join(world.archives, 'warm', '2026-01-16')).length, NAMES.length);
  assert.equal((await world.firn(['verify', '--deep', '--json'])).status, 0);
});

test('a table whose name no file can have is refused alone, and keeps its rows', async (t) => {
  const long = 'long '.repeat(60);
  const world = new HostileWorld(t, {
    tables: { [long]: {}, short: {} },
    fill: (db) => {
      for (const name of [long, 'short'])
        fillTable(db, name, '(id INTEGER PRIMARY KEY, ts TEXT)', 'i, :ts', 2);
    },
  });
  const { status, tables } = await world.archive();
  assert.equal(status, 3);
  assert.deepEqual(
    tables.map(({ status }) => status),
    ['error', 'archived'],
  );
  assert.match(tables[0]!.message!, /too long/);
  world.assertWhole();
});

for (const count of [50, 200, 700]) {
  test(`a table of ${count} columns leaves whole`, async (t) => {
    const names = Array.from({ length: count }, (_, at) => `column_${at}`);
    const world = new HostileWorld(t, {
      tables: { wide: {} },
      fill: (db) => {
        db.exec(
          `CREATE TABLE wide (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, ${names.join(', ')});
          INSERT INTO wide SELECT value, '${DUE}', ${names.map((_, at) => `iif(value % 3, value / 7.0, x'${String(at).padStart(4, '0')}')`).join(', ')} FROM generate_series`.replace(
            'generate_series',
            "json_each('[1,2,3,4]')",
          ),
        );
      },
    });
    const { status, total, stderr } = await world.archive();
    assert.deepEqual([status, total], [0, 4], stderr);
    world.assertWhole('python');
  });
}

test('values that are not what their column declares keep their own type', async (t) => {
  const world = new HostileWorld(t, {
    tables: { mixed: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE mixed (id INTEGER PRIMARY KEY, ts TEXT, i INTEGER, t TEXT, b BLOB);
        INSERT INTO mixed VALUES
          (1, '${DUE}', 'words', x'00ff', 'text'), (2, '${DUE}', x'31', x'7b22', 12),
          (3, '${DUE}', 1.5, NULL, 1.0), (4, CAST('${DUE}' AS BLOB), 1, '1', NULL)`);
    },
  });
  const { total, tables } = await world.archive();
  assert.equal(total, 3);
  // A time that is a BLOB is no time that anybody wrote as one.
  assert.equal(tables[0]!.undated, 1);
  world.assertWhole('python');
});

test('a table that hides its rowid behind all three names is refused alone, and says why', async (t) => {
  const world = new HostileWorld(t, {
    tables: { hides: {}, plain: {} },
    fill: (db) => {
      fillTable(db, 'hides', '(rowid TEXT, oid TEXT, _rowid_ TEXT, ts TEXT)', "'a', 'b', 'c', :ts");
      fillTable(db, 'plain', '(ts TEXT)', ':ts');
    },
  });
  const { status, tables } = await world.archive();
  assert.deepEqual([status, tables.map(({ status }) => status)], [3, ['error', 'archived']]);
  assert.match(tables[0]!.message!, /rowid/);
  world.assertWhole();
});

test('views, virtual tables and what is not a table cannot be archived, and nothing happens to them', async (t) => {
  const world = new HostileWorld(t, {
    tables: { seen: {}, words: {}, plain: {} },
    fill: (db) => {
      fillTable(db, 'plain', '(id INTEGER PRIMARY KEY, ts TEXT)', 'i, :ts');
      db.exec(`CREATE VIEW seen AS SELECT * FROM plain; CREATE VIRTUAL TABLE words USING fts5(ts)`);
    },
  });
  const { tables } = await world.archive();
  assert.deepEqual(
    tables.map(({ table, status }) => [table, status]),
    [
      ['seen', 'missing_table'],
      ['words', 'missing_table'],
      ['plain', 'archived'],
    ],
  );
});
