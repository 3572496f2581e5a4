import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { InsertHow } from '../../../../src/hot/hot-rows.ts';
import { openSqliteStore } from '../../../../src/hot/sqlite/open-sqlite.ts';
import { affinityOf, storesAsIs } from '../../../../src/hot/sqlite/sql/affinity.ts';
import { asInstant } from '../../../../src/model/instant.ts';
import { Random } from '../../../support/faults/random.ts';

/** Values as they may stand in a line, hostile ones among them; a line of Firn has most of them, a forged one the rest. */
const TOKENS: readonly string[] = [
  ...['null', '0', '1', '-1', '12', '-0', '1.0', '-0.0', '0.5', '1e3', '1E-3', '12.0', '5e-324', '1e999'],
  ...['1.7976931348623157e308', '9007199254740991', '9007199254740993', '-9007199254740992'],
  ...['9223372036854775807', '-9223372036854775808', '123456789012345678.0', '0.30000000000000004'],
  ...['""', '"a"', '"b"', '"12"', '"007"', '" 12"', '"12 "', '"1.0"', '"1e3"', '"-0.0"', '"+5"', '".5"'],
  ...['"0x10"', '"1_000"', '"inf"', '"Infinity"', '"nan"', '"1e"', '"- 1"', '"12\\u0000"', '"\\u0001"'],
  ...[
    '"9223372036854775808"',
    '"2026-01-02T03:04:05Z"',
    '"\\ud800"',
    '"\\\\ud800"',
    '"\\\\\\ud800"',
    '"\\t12"',
  ],
  ...[
    '"é😀"',
    '"\\u00e9"',
    '"{\\"a\\":1.5}"',
    '"x\\\\"',
    '"\\\\\\"k\\": 1.0"',
    '"٣"',
    '"\u00a012"',
    '"A"',
    '"\ufffe"',
  ],
  ...['{"$blob":"AP8="}', '{"$blob":""}', '{"$text":"/w=="}', '{"$real":"-0.0"}', '{"$real":"Infinity"}'],
];

const TAME: readonly string[] = ['null', '"a"', '"x y"', '1', '"2026-01-02"', '"\ufffe"'];

/** Values of keys: few, so that they meet. */
const KEYS: readonly string[] = [
  '"k1"',
  '"k2"',
  '"K1"',
  '1',
  '2',
  '"1"',
  '1.0',
  'null',
  '{"$blob":"AA=="}',
  '"2026"',
];

const SCHEMAS: readonly string[] = [
  'CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT, b INTEGER, c REAL, d NUMERIC, e BLOB, f)',
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), b INT, c DOUBLE, d DECIMAL(5,2), e, f JSON)',
  'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a DATETIME, b BOOLEAN, c FLOATING POINT, d, e, f STRING)',
  'CREATE TABLE t (id, a TEXT, b INTEGER, c REAL, d, e, f, PRIMARY KEY (id, a))',
  'CREATE TABLE t (id TEXT, a TEXT, b INTEGER, c, d, e, f, PRIMARY KEY (id, b)) WITHOUT ROWID',
  'CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT, b INTEGER, c REAL, d ANY, e BLOB, f INT) STRICT',
  'CREATE TABLE t (id TEXT COLLATE NOCASE PRIMARY KEY, a, b, c, d, e, f)',
  'CREATE TABLE t (id TEXT COLLATE NOCASE, a, b, c, d, e, f, PRIMARY KEY (id COLLATE BINARY))',
  'CREATE TABLE t (id TEXT PRIMARY KEY ON CONFLICT REPLACE, a UNIQUE ON CONFLICT REPLACE, b, c, d, e, f)',
  'CREATE TABLE t (id TEXT PRIMARY KEY ON CONFLICT IGNORE, a NOT NULL ON CONFLICT REPLACE DEFAULT 7, b, c, d, e, f)',
  "CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT CHECK (a <> 'a'), b INTEGER UNIQUE, c NOT NULL, d, e, f)",
  `CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT, b INTEGER, g TEXT GENERATED ALWAYS AS (a || b) VIRTUAL, h GENERATED ALWAYS AS (b + 1) STORED UNIQUE, c, d, e, f)`,
  'CREATE TABLE t (id TEXT PRIMARY KEY, a INTEGER REFERENCES t (b), b, c, d, e, f DEFAULT 1)',
  'CREATE TABLE t (id TEXT PRIMARY KEY, a, b, c, d, e, f); CREATE UNIQUE INDEX u ON t (a, b) WHERE c IS NULL',
  `CREATE TABLE t (id TEXT PRIMARY KEY, a, b, c, d, e, f); CREATE TABLE log (x);
    CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); UPDATE t SET b = 5 WHERE id = new.id; END`,
  `CREATE TABLE t (id TEXT PRIMARY KEY, a, b, c, d, e, f);
    CREATE TRIGGER g BEFORE INSERT ON t WHEN new.a = 'a' BEGIN SELECT RAISE(IGNORE); END`,
  'CREATE TABLE t (a, b, c, d, e, f)',
  'PRAGMA encoding = "UTF-16le"; CREATE TABLE t (id TEXT PRIMARY KEY, a, b INTEGER, c, d, e, f)',
  'CREATE TABLE t (ID text PRIMARY KEY, A, B INTEGER, "c""x", "d:\\", E, F)',
];
const ENDS = [
  ',"_archived_at":"2026-02-01T00:00:00Z"}\n',
  ',"_archived_at":"2026-02-01T00:00:00Z","_time":"2026-01-01"}\n',
  ',"_archived_at":"2026-02-01T00:00:00Z","_rowid":7}\n',
];

/** @param few how many of the keys are of those that meet. */
function line(draw: Random, names: readonly string[], end: string, few: number): Uint8Array {
  // Nothing but hostile values would leave every row to the exact path.
  const values = few < 1 && draw.next() < 0.3 ? TOKENS : TAME;
  const cells = names.map((name) => {
    const keys = draw.next() < few ? KEYS : [`"n${draw.integer(0, 1e6)}"`, String(draw.integer(3, 1e6))];
    const hostile = name === 'id' ? keys : few < 1 && draw.next() < 0.08 ? TOKENS : values;
    const space = draw.next() < 0.002 ? ' ' : '';
    return `${JSON.stringify(name)}${space}:${space}${draw.pick(hostile)}`;
  });
  const bytes = Buffer.from(`{${cells.join(',')}${end}`);
  // Bytes that are no UTF-8, in a text.
  const at = bytes.indexOf('"a":"a"');
  if (at >= 0 && draw.next() < 0.3) bytes[at + 5] = 0xff;
  return bytes;
}

/** What a database holds after the batches, and what was reported; errors too. */
async function insertAll(
  folder: string,
  schema: string,
  batches: readonly (readonly Uint8Array[])[],
  how: Omit<InsertHow, 'seen'>,
): Promise<unknown> {
  const path = join(folder, `${how.exactly === true ? 'exact' : 'direct'}.db`);
  rmSync(path, { force: true });
  {
    using db = new DatabaseSync(path);
    db.exec(schema);
  }
  const reports: unknown[] = [];
  {
    await using store = await openSqliteStore(path);
    const shape = (await store.shape('t'))!;
    const seen = new Map<string, number>();
    for (const batch of batches) {
      const report = await store.rows
        .insert(shape, batch, { ...how, seen })
        .then(({ outcomes, converted }) => ({ outcomes, converted: [...converted].sort() }))
        .catch((error: Error) => error.message);
      reports.push(report);
    }
  }
  using db = new DatabaseSync(path);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").all();
  return { reports, tables: tables.map(({ name }) => contentOf(db, String(name))) };
}

function contentOf(db: DatabaseSync, table: string): unknown {
  const columns = db.prepare('SELECT name FROM pragma_table_xinfo(?)').all(table);
  const cells = columns.map(({ name }) => {
    const own = `"${String(name).replaceAll('"', '""')}"`;
    return `typeof(${own}) || CASE typeof(${own}) WHEN 'real' THEN printf('%!.20e', ${own}) || (atan2(${own}, -1.0) < 0) ELSE hex(CAST(${own} AS BLOB)) END`;
  });
  return [table, db.prepare(`SELECT ${cells.join(" || '|' || ")} AS row FROM "${table}" ORDER BY 1`).all()];
}

test('rows inserted without a look at the table are those of the exact path, with the same report', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-direct-'));
  const draw = new Random(17);
  try {
    for (const schema of SCHEMAS) {
      for (let world = 0; world < 4; world++) {
        const named = schema.includes('"d:') ? ['id', 'a', 'b', 'c"x', 'd:\\', 'e', 'f'] : [...'abcdef'];
        const all = schema.includes('(a, b') ? named : ['id', ...named.filter((name) => name !== 'id')];
        const generated = schema.includes('GENERATED') && draw.next() < 0.5 ? ['g'] : [];
        const names = [...all, ...generated, ...(draw.next() < 0.3 ? ['gone'] : [])].filter(
          (name) => name === 'id' || draw.next() >= 0.05,
        );
        const end = draw.pick(ENDS);
        const batches = Array.from({ length: 3 }, () =>
          Array.from({ length: 12 }, () => line(draw, names, end, schema.includes('COLLATE') ? 1 : 0.4)),
        );
        const how = {
          overwrite: draw.next() < 0.3,
          dropColumns: draw.next() < 0.3,
          timeColumn: draw.pick(['a', '_time']),
          lease: draw.next() < 0.5 ? { segment: 's', until: asInstant(5_000_000) } : null,
        };
        const direct = await insertAll(folder, schema, batches, how);
        const exact = await insertAll(folder, schema, batches, { ...how, exactly: true });
        assert.deepEqual(direct, exact, `${schema}\n${Buffer.concat(batches.flat())}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is taken to be stored as it is, SQLite stores as it is', () => {
  using db = new DatabaseSync(':memory:');
  const draw = new Random(18);
  const types = [
    ...['TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', '', 'DATETIME', 'VARCHAR(3)', 'FLOATING POINT', 'JSON'],
    ...['CHARINT', 'BOOLEAN', 'DOUBLE PRECISION', 'BLOB TEXT', 'REAL BLOB', 'STRING', 'DECIMAL(10,5)', 'ANY'],
  ];
  db.exec(`CREATE TABLE t (${types.map((type, at) => `c${at} ${type}`).join(', ')})`);
  const alphabet = [
    ...'0123456789+-.eE xX_\t\n\v\f\r',
    'inf',
    'Inf',
    'Infinity',
    'nan',
    '\u00a0',
    '\u0663',
    'é',
    'a',
  ];
  const insert = types.map((_, at) => db.prepare(`INSERT INTO t (c${at}) VALUES (?)`));
  const read = types.map((_, at) => db.prepare(`SELECT c${at} AS value FROM t`));
  for (const statement of read) statement.setReadBigInts(true);
  const bits = new DataView(new ArrayBuffer(8));
  let [taken, left] = [0, 0];
  for (let turn = 0; turn < 6_000; turn++) {
    for (let byte = 0; byte < 8; byte++) bits.setUint8(byte, draw.integer(0, 255));
    const text = Array.from({ length: draw.integer(0, 5) }, () => draw.pick(alphabet)).join('');
    const values = [
      text,
      bits.getBigInt64(0) >> BigInt(draw.integer(0, 63)),
      bits.getFloat64(0),
      draw.integer(0, 8) / 2,
    ];
    const value = draw.pick(values);
    if (typeof value === 'number' && !Number.isFinite(value)) continue;
    const at = draw.integer(0, types.length - 1);
    if (!storesAsIs(affinityOf(types[at]!), value)) {
      left++;
      continue;
    }
    taken++;
    db.exec('DELETE FROM t');
    insert[at]!.run(value);
    assert.ok(Object.is(read[at]!.get()!.value, value), `${String(value)} in a column ${types[at]}`);
  }
  assert.ok(taken > 1_500 && left > 1_000, `${taken} taken, ${left} left`);
});
