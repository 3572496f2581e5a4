import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DUE, HostileWorld } from '../support/worlds/hostile-world.ts';

const REFUSED: readonly string[] = [
  '(SELECT 1)',
  'EXISTS (SELECT 1 FROM secrets)',
  'id IN (SELECT id FROM secrets)',
  'id IN secrets',
  'id IN sqlite_schema',
  '0 IN pragma_freelist_count',
  '0 IN pragma_user_version',
  "'x' IN pragma_compile_options",
  "0 IN json_each('[0]')",
  '1 IN (VALUES (1))',
  "load_extension('/tmp/evil')",
  "writefile('OUT', 'x')",
  "readfile('/etc/passwd') = ''",
  "edit('x') = ''",
  "fts3_tokenizer('x') = ''",
  'random() > 0',
  'abs(random()) % 2',
  "randomblob(9) = x''",
  "zeroblob(9) = x''",
  "datetime('now') > ts",
  'unixepoch() > 0',
  "date('now') > ts",
  'CURRENT_TIMESTAMP > ts',
  'CURRENT_DATE > ts',
  'changes() > 0',
  'total_changes() > 0',
  'last_insert_rowid() = 1',
  "sqlite_version() > ''",
  "sqlite_compileoption_used('x')",
  "firn_blob(x'00') = ''",
  'count(*) > 0',
  'sum(id) > 0',
  'max(id) OVER () > 0',
  'row_number() OVER (ORDER BY id) = 1',
  "RAISE(ABORT, 'x')",
  '1); DELETE FROM notes; --',
  '1); DELETE FROM notes; SELECT (1',
  '1) OR (1',
  ') OR (',
  '1;',
  '1 -- comment',
  '1 /* comment */',
  'id = ?',
  'id = :id',
  'id = @id',
  'id = $id',
  'id = ?1',
  "id = 'unclosed",
  'id = "unclosed',
  'id = [unclosed',
  'no_such_column = 1',
  'other.id = 1',
  'main.secrets.id = 1',
  'id COLLATE nothing = 1',
  'id = 1 LIMIT 1',
  '1 FROM secrets --',
  'id MATCH 1',
  "id REGEXP 'x'",
  '1, 2',
  'x = 1 UNION SELECT 1',
  "id = 1 ATTACH 'x'",
];

/** What people really write. */
const TAKEN: readonly string[] = [
  "state = 'open'",
  "state IN ('open', 'waiting')",
  "state IS NULL OR state <> 'done'",
  "lower(state) LIKE 'op%' ESCAPE '\\'",
  "json_extract(doc, '$.state') = 'open'",
  "doc ->> '$.state' = 'open'",
  "coalesce(state, 'a;b--c/*d*/?') = 'open'",
  "CASE WHEN state = 'open' THEN 1 ELSE 0 END",
  "length(state) BETWEEN 1 AND 4 AND state <> 'done'",
  '"state" = \'open\' AND [id] > 0 AND `id` < 1000',
  "CAST(id AS TEXT) GLOB '[0-9]*' AND NOT (state = 'done')",
  "state\n=\n'open'",
];

function worldOf(t: TestContext, openWhile: string): HostileWorld {
  return new HostileWorld(t, {
    tables: { notes: { open_while: openWhile } },
    fill: (db) => {
      db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, state TEXT, doc TEXT);
        CREATE TABLE secrets (id INTEGER PRIMARY KEY AUTOINCREMENT);
        INSERT INTO notes VALUES (1, '${DUE}', 'open', '{"state":"open"}'), (2, '${DUE}', 'done', '{}')`);
    },
  });
}

test('a predicate that is more than a reading expression over its own columns is refused, and nothing happens', async (t) => {
  const world = worldOf(t, '0');
  const bytes = readFileSync(world.database);
  for (const expression of REFUSED) {
    world.configure({ notes: { open_while: expression } });
    // A run looks as a dry run does; some of each kind are tried for real.
    for (const more of REFUSED.indexOf(expression) % 10 === 0 ? [['--dry-run'], []] : [['--dry-run']]) {
      const { status, tables, stderr } = await world.archive('all', more);
      assert.notEqual(status, 0, `${expression} was taken`);
      assert.deepEqual([tables[0]!.status, tables[0]!.records], ['error', 0], expression);
      assert.match(tables[0]!.message!, /open_while/, expression);
      assert.doesNotMatch(stderr, /unexpected/, expression);
    }
    using db = world.others();
    assert.equal(Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n), 2, expression);
  }
  assert.ok(!existsSync(join(world.folder, 'OUT')) && !existsSync('OUT'));
  assert.ok(bytes.length > 0);
});

test('predicates as people write them are taken, and keep the open row alone', async (t) => {
  for (const expression of TAKEN) {
    const { status, tables, stderr } = await worldOf(t, expression).archive();
    assert.equal(status, 0, `${expression}: ${tables[0]?.message} ${stderr}`);
    assert.deepEqual([tables[0]!.records, tables[0]!.kept.open], [1, 1], expression);
  }
});

test('names in the configuration are looked up, never written into SQL', async (t) => {
  const world = worldOf(t, '0');
  for (const hostile of [
    'ts"; DROP TABLE notes; --',
    "ts' OR 1",
    '*',
    'ts, id',
    'rowid) --',
    'ts COLLATE NOCASE',
  ]) {
    world.configure({ notes: { time_column: hostile } });
    const time = await world.archive('all', ['--dry-run']);
    assert.equal(time.tables[0]!.status, 'error', hostile);
    world.configure({ [hostile]: {} });
    assert.equal((await world.archive('all', ['--dry-run'])).tables[0]!.status, 'missing_table', hostile);
    world.configure({ notes: { lookup_keys: [hostile] } });
    assert.equal((await world.archive('all', ['--dry-run'])).tables[0]!.status, 'dry_run', hostile);
  }
  world.assertWhole();
});

test('a configuration file that is a bomb, or asks for code, is refused at once', async (t) => {
  const world = worldOf(t, '0');
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`)}]`)
    .join('\n')}\n`;
  const hostile = [
    bomb,
    'tables: !!js/function "function(){process.exit()}"\n',
    'tables:\n  __proto__:\n    hot: 1d\n    polluted: true\n',
    '"__proto__": {polluted: true}\n',
    'constructor: 1\n',
    `${'['.repeat(20_000)}`,
    '\0\0\0',
    'tables: {"notes": {<<: {hot: 0d}}}\n',
  ];
  for (const text of hostile) {
    writeFileSync(world.config, text);
    const { status, stderr } = await world.firn(['archive', 'all', '--dry-run']);
    assert.equal(status, 2, `${text.slice(0, 60)}: ${stderr}`);
    assert.doesNotMatch(stderr, /unexpected/);
  }
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});
