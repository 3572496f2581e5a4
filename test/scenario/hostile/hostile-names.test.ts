import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../../cli/world.ts';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

/** Names that this program, SQLite or DuckDB use themselves, or that need care wherever they are written. */
const NAMES: readonly string[] = [
  ...[
    'k',
    't',
    'a',
    'b',
    'n',
    'at',
    'id',
    'key',
    'value',
    'values',
    'line',
    'row',
    'rows',
    'list',
    'info',
    'own',
  ],
  ...[
    'json_each',
    'json_tree',
    'json_object',
    'pragma_table_list',
    'pragma_table_xinfo',
    'pragma_index_list',
  ],
  ...[
    'pragma_index_xinfo',
    'generate_series',
    'main',
    'temp',
    'old',
    'new',
    'excluded',
    'rowid',
    'oid',
    '_rowid_',
  ],
  ...[
    'select',
    'from',
    'where',
    'order',
    'group',
    'table',
    'index',
    'null',
    'limit',
    'day',
    'instant',
    'past',
    'held',
  ],
  ...[
    'count',
    'max',
    'min',
    'sum',
    'abs',
    'hex',
    'typeof',
    'firn_blob',
    'firn_text',
    'lease',
    'segment',
    'hot',
  ],
  ...['dual', 'duckdb_tables', 'information_schema', 'read_json', 'hits', 'raw', 'lines', 'file', 'filename'],
  ...[
    'with space',
    ' leading',
    'trailing ',
    `quo"te`,
    `apos'trophe`,
    'dot.ted',
    'schema.table',
    'sla/sh',
    'back\\slash',
  ],
  ...[
    'semi;colon',
    '--comment',
    '/*comment*/',
    '[brackets]',
    '`ticks`',
    '%41',
    '100%',
    '$1',
    '?1',
    ':p',
    '@x',
    '#1',
  ],
  ...[
    'emoji 🧊',
    'ÜBER',
    'new\nline',
    'tab\tin',
    '-dash',
    '..',
    '.hidden',
    '1234',
    '1e5',
    '__proto__',
    'constructor',
  ],
  ...['CON', 'nul', 'Ⅷ', 'e\u0301', '\u00e9'],
];
/** The columns of every table besides: names that meet ours, as columns. */
const COLUMNS: readonly string[] = [
  ...[
    'rowid',
    'oid',
    'key',
    'value',
    'k',
    'at',
    'instant',
    'line',
    'day',
    'past',
    'held',
    'open',
    'last',
    'n',
  ],
  ...[
    '_firn_line',
    '_firn_instant',
    '_firn_key',
    '_firn_key0',
    '_firn_ids',
    '_firn_picked',
    'key0',
    'lease',
    'table',
  ],
  ...[
    '',
    ' ',
    'with space',
    `quo"te`,
    `apos'trophe`,
    'dot.ted',
    'select',
    'json_each',
    'emoji 🧊',
    'new\nline',
    '?1',
    ':at',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '_tier',
    '_segment',
    '_time',
    'tier',
    'row',
    'main',
    '1',
    'null',
    'ÉTÉ',
    'été',
  ],
];

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (name: string): string => `'${name.replaceAll("'", "''")}'`;

/** Three rows that are due and two that are young, of each table; every table is its own witness: `who` names it. */
function fillTable(db: DatabaseSync, table: string, key: string, columns: readonly string[]): void {
  db.exec(
    `CREATE TABLE ${quote(table)} (${[`who TEXT${key}`, 'ts TEXT', 'what TEXT', ...columns.map((name) => `${quote(name)} TEXT`)].join(', ')})`,
  );
  for (let i = 0; i < 5; i++) {
    const values = [`w${i}`, i < 3 ? DUE : YOUNG, table, ...columns.map((name, at) => `${name} ${at} ${i}`)];
    db.exec(`INSERT INTO ${quote(table)} VALUES (${values.map(text).join(', ')})`);
  }
}

function done(outcome: Outcome, what: string): Outcome {
  assert.equal(outcome.status, 0, `${what}: ${outcome.stderr}${outcome.stdout}`);
  return outcome;
}

function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** What an independent reader finds of the rows called `who` in hot and archive. */
function whereIs(world: HostileWorld, table: string, who: string): { hot: number; archived: number } {
  using db = world.others();
  const hot = db.prepare(`SELECT count(*) AS n FROM main.${quote(table)} WHERE who = ?`).get(who)!
    .n as number;
  const archived = (world.archived().get(table) ?? []).filter((row) =>
    row.includes(`["who","t${who}"]`),
  ).length;
  return { hot, archived };
}

/** Words to search for, and no option. */
function isPlain(name: string): boolean {
  return !name.startsWith('-') && name.trim() !== '';
}

/** Every command that takes a table, and what it does to the rows. */
async function throughEveryCommand(world: HostileWorld, tables: readonly string[]): Promise<void> {
  const before = new Map(tables.map((table) => [table, rowsOfTable(world.database, table)]));
  const dry = await world.archive('all', ['--dry-run']);
  assert.deepEqual([dry.status, dry.total], [0, tables.length * 3], dry.stderr);
  done(await world.firn(['retention', 'status', '--json']), 'status');
  const { status, total, tables: answers, stderr } = await world.archive();
  assert.deepEqual(
    answers.filter((answer) => answer.records !== 3).map((answer) => [answer.table, answer.message]),
    [],
  );
  assert.deepEqual([status, total], [0, tables.length * 3], stderr);
  world.assertWhole();

  for (const table of tables) {
    const name = JSON.stringify(table);
    const found = jsonLines(
      done(await world.firn(['search', `--table=${table}`, '--format', 'jsonl']), `search ${name}`).stdout,
    );
    assert.deepEqual(
      found.map(({ row }) => (row as { who: string }).who).sort(),
      ['w0', 'w1', 'w2', 'w3', 'w4'],
      name,
    );
    assert.ok(
      found.every(({ row }) => (row as { what: string }).what === table),
      name,
    );
    const one = done(
      await world.firn([
        'search',
        `--table=${table}`,
        '--where',
        'who=w1',
        '--where',
        `what=${table}`,
        '--count',
      ]),
      `search where ${name}`,
    );
    assert.equal(one.stdout.trim(), '1', name);
    const hotOne = done(
      await world.firn([
        'search',
        isPlain(table) ? table : 'w4',
        `--table=${table}`,
        '--where',
        'who=w4',
        '--count',
      ]),
      `search text ${name}`,
    );
    assert.equal(hotOne.stdout.trim(), '1', name);
    // Such an argument stands behind `--`, where the other arguments of these tests cannot.
    if (table.startsWith('-')) continue;
    const exported = jsonLines(done(await world.firn(['export', table]), `export ${name}`).stdout);
    assert.deepEqual(exported.map(({ who }) => who).sort(), ['w0', 'w1', 'w2', 'w3', 'w4'], name);
  }

  const file = `${world.folder}/restored.db`;
  done(await world.firn(['restore', 'all', '--into', file]), 'restore into a file');
  for (const table of tables) {
    using db = new DatabaseSync(file);
    const rows = db
      .prepare(`SELECT who, what FROM ${quote(table)} ORDER BY who`)
      .all()
      .map((row) => ({ ...row }));
    assert.deepEqual(
      rows,
      ['w0', 'w1', 'w2'].map((who) => ({ who, what: table })),
      JSON.stringify(table),
    );
  }
  done(await world.firn(['restore', 'all', '--into', 'hot', '--for', '1d']), 'restore into hot');
  for (const table of tables)
    assert.deepEqual(rowsOfTable(world.database, table), before.get(table), JSON.stringify(table));
  assert.equal((await world.archive()).total, 0, 'leased rows stay');
  const later = { now: HOSTILE_NOW + 2 * 86_400_000 };
  await world.archive('all', [], later);
  world.assertWhole();

  for (const table of tables) {
    const name = JSON.stringify(table);
    done(
      await world.firn(['hold', 'add', `--table=${table}`, '--where', 'who=w3', '--reason', 'because']),
      `hold ${name}`,
    );
    done(
      await world.firn(['erase', `--table=${table}`, '--where', 'who=w0', '--yes'], later),
      `erase ${name}`,
    );
    done(
      await world.firn(['erase', `--table=${table}`, '--where', 'who=w4', '--yes'], later),
      `erase hot ${name}`,
    );
  }
  for (const table of tables) {
    const places = ['w0', 'w1', 'w3', 'w4'].map((who) => whereIs(world, table, who));
    assert.deepEqual(
      places,
      [
        { hot: 0, archived: 0 },
        { hot: 0, archived: 1 },
        { hot: 1, archived: 0 },
        { hot: 0, archived: 0 },
      ],
      JSON.stringify(table),
    );
  }
  const all = await world.archive('all', ['--older-than', '0d'], later);
  assert.deepEqual(
    all.tables.map(({ records, kept }) => [records, kept.held]),
    tables.map(() => [0, 1]),
  );
  done(
    await world.firn(['cleanup', 'archives', '--older-than', '0d', '--consolidate-only'], later),
    'cleanup',
  );
  assert.ok(existsSync(`${world.archives}/cold`));
  for (const command of [
    ['retention', 'stats'],
    ['retention', 'policy'],
    ['metrics'],
    ['hold', 'list'],
    ['plan', '--json'],
  ]) {
    await world.firn(command, later);
  }
  const verified = await world.firn(['verify', '--deep', '--json'], later);
  assert.deepEqual([verified.status, JSON.parse(verified.stdout).alarms], [0, []]);
}

function worldOf(
  t: TestContext,
  tables: readonly string[],
  key: string,
  columns: readonly string[],
): HostileWorld {
  return new HostileWorld(t, {
    tables: Object.fromEntries(tables.map((table) => [table, { lookup_keys: ['what'] }])),
    fill: (db) => {
      for (const table of tables) fillTable(db, table, key, columns);
    },
  });
}

const PARTS = 4;
/** Each name in every command; ordinarily every second one of those that are words, of which every kind has several. */
const THOROUGH = process.env.FIRN_THOROUGH === '1';
const TRIED = NAMES.filter((name, at) => THOROUGH || at % 4 === 0 || !/^\w+$/.test(name));
const KINDS = { 'a key': ' PRIMARY KEY', 'no key': '' } as const;

for (let part = 0; part < PARTS; part++) {
  const [kind, key] = Object.entries(KINDS)[part % 2]!;
  test(`a table may have any name in every command (${kind}, ${part + 1} of ${PARTS})`, async (t) => {
    const tables = TRIED.filter((_, at) => at % PARTS === part);
    await throughEveryCommand(worldOf(t, tables, key, []), tables);
  });
}

test('tables of every such name can stand in one database', async (t) => {
  const world = worldOf(t, NAMES, ' PRIMARY KEY', []);
  assert.equal((await world.archive()).total, NAMES.length * 3);
  world.assertWhole('python');
});

for (const [kind, key] of Object.entries(KINDS)) {
  test(`columns may have any name in every command (${kind})`, async (t) => {
    const tables = ['t', 'key', 'json_each'];
    const world = worldOf(t, tables, key, COLUMNS);
    await throughEveryCommand(world, tables);
    for (const [at, column] of COLUMNS.entries()) {
      const named = /^[^=<>!~" ]+$/.test(column) ? column : quote(column);
      const outcome = await world.firn([
        'search',
        '--table',
        'key',
        '--where',
        `${named}=${column} ${at} 1`,
        '--count',
      ]);
      assert.deepEqual(
        [outcome.status, outcome.stdout.trim()],
        [0, '1'],
        `${JSON.stringify(column)} ${outcome.stderr}`,
      );
    }
  });
}

test('explain finds rows whose key columns have any name', async (t) => {
  const world = new HostileWorld(t, {
    tables: Object.fromEntries(COLUMNS.map((_, at) => [`t${at}`, {}])),
    fill: (db) => {
      for (const [at, column] of COLUMNS.entries())
        db.exec(`CREATE TABLE t${at} (${quote(column)} TEXT PRIMARY KEY, ts TEXT);
          INSERT INTO t${at} VALUES ('old', '${DUE}'), ('young', '${YOUNG}')`);
    },
  });
  assert.equal((await world.archive()).total, COLUMNS.length);
  for (const [at, column] of COLUMNS.entries()) {
    for (const [key, tier] of [
      ['old', 'warm'],
      ['young', 'hot'],
    ] as const) {
      const { stdout, stderr } = await world.firn(['explain', `t${at}`, key, '--json']);
      const { places } = JSON.parse(stdout || '{"places":[]}');
      assert.deepEqual(
        places.map((place: { tier: string }) => place.tier),
        [tier],
        `${JSON.stringify(column)} ${stderr}`,
      );
    }
  }
});

test('a column named as the rowid may hide one, two or, with a key, all three of its names', async (t) => {
  const world = new HostileWorld(t, {
    tables: { one: {}, two: {}, keyed: {} },
    fill: (db) =>
      db.exec(`CREATE TABLE one (rowid TEXT, ts TEXT); INSERT INTO one VALUES ('x', '${DUE}');
        CREATE TABLE two (rowid TEXT, _rowid_ TEXT, ts TEXT); INSERT INTO two VALUES ('x', 'y', '${DUE}');
        CREATE TABLE keyed (oid TEXT, rowid INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT); INSERT INTO keyed VALUES ('x', 7, '${DUE}')`),
  });
  assert.equal((await world.archive()).total, 3);
  world.assertWhole();
});

test('init writes names of every kind so that they can be managed', async (t) => {
  const world = worldOf(t, NAMES, ' PRIMARY KEY', []);
  const { stdout, status } = await world.firn(['init', '--print']);
  assert.equal(status, 0);
  assert.ok(stdout.includes('json_each') && readFileSync(world.config).length > 0);
});

test('firn sql reads tables and columns of any name', async (t) => {
  const tables = NAMES.filter((name) =>
    /json|pragma|^k$|^main$|duck|schema|quo|apos|dot|sla|emoji|line|^ |^raw$|^values?$/.test(name),
  );
  const world = worldOf(t, [...tables, 'odd columns'], ' PRIMARY KEY', []);
  {
    using db = world.others();
    db.exec('DROP TABLE "odd columns"');
    fillTable(db, 'odd columns', ' PRIMARY KEY', COLUMNS);
  }
  await world.archive();
  for (const table of [...tables, 'odd columns']) {
    const outcome = await world.firn([
      'sql',
      `SELECT count(*) AS n, min(what) AS w FROM ${quote(table)}`,
      '--format',
      'jsonl',
    ]);
    assert.deepEqual(
      [outcome.status, jsonLines(outcome.stdout)],
      [0, [{ n: 5, w: table }]],
      `${JSON.stringify(table)} ${outcome.stderr}`,
    );
  }
});

test('no statement names a function of SQLite in a way that a table of the application could hide', () => {
  const folder = join(import.meta.dirname, '../../../src/hot/sqlite');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  assert.ok(files.length > 20);
  for (const name of files) {
    const found = /(?<!temp\.)\b(?:json_each|json_tree|pragma_[a-z_]+)\b.*/.exec(
      readFileSync(join(folder, name), 'utf8'),
    );
    assert.equal(found?.[0], undefined, name);
  }
});
