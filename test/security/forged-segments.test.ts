import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { SegmentHead } from '../../src/format/segment/segment.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { segmentName } from '../../src/format/segment-names.ts';
import { forged } from '../support/archives/forged-segment.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { SAMPLE_DAY, sampleBlock, sampleHead, sampleSegment } from '../support/archives/sample-segment.ts';
import { HostileWorld } from '../support/worlds/hostile-world.ts';

const ROWS = 5;

/** tool_uses with the rows that sample segments hold, and a table of secrets. */
function worldOf(t: TestContext): HostileWorld {
  return new HostileWorld(t, {
    tables: { tool_uses: { time_column: 'start_time', hot: '100y' } },
    fill: (db) => {
      db.exec(
        `${sampleHead.ddl[0]}; CREATE TABLE secrets (id TEXT PRIMARY KEY); INSERT INTO secrets VALUES ('s')`,
      );
      const insert = db.prepare('INSERT INTO tool_uses VALUES (?, ?, ?, ?)');
      for (const line of Buffer.from(sampleBlock(0, ROWS).lines).toString().trim().split('\n')) {
        const { id, execution_id, start_time, n } = JSON.parse(line);
        insert.run(id, execution_id, start_time, BigInt(n));
      }
    },
  });
}

function plant(world: HostileWorld, segment: string, content: Uint8Array): void {
  const path = join(world.archives, 'warm', segment);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function hotRows(world: HostileWorld, table = 'tool_uses'): number {
  using db = world.others();
  return Number(db.prepare(`SELECT count(*) AS n FROM "${table}"`).get()!.n);
}

test('a segment that somebody planted takes no row but those that it holds word for word', async (t) => {
  const world = worldOf(t);
  assert.equal((await world.archive()).total, 0);
  using db = world.others();
  db.exec("UPDATE tool_uses SET n = 77 WHERE id = 'id-3'");
  const { file } = await sampleSegment('gzip', 1, ROWS);
  plant(world, segmentName('tool_uses', SAMPLE_DAY, 1, 'gzip'), file.content);
  const { status, reconciled } = await world.archive();
  assert.equal(status, 0);
  assert.equal(reconciled[0]!.action, 'adopt');
  const left = db
    .prepare('SELECT id, n FROM tool_uses')
    .all()
    .map((row) => ({ ...row }));
  assert.deepEqual(left, [{ id: 'id-3', n: 77 }], 'a row that reads otherwise stays');
  assert.equal(world.archived().get('tool_uses')!.length, ROWS, 'and its line too');
});

const TABLES = [
  '_firn_receipts',
  '_firn_identity',
  'sqlite_schema',
  'sqlite_sequence',
  'nothing',
  '..',
  '../../up',
  'a"; DROP TABLE secrets; --',
];

test('segments of tables that cannot be archived are data, and nothing is done to such tables', async (t) => {
  const world = worldOf(t);
  await world.archive();
  for (const table of TABLES) {
    const { file } = await sampleSegment('gzip', 1, ROWS, { table });
    plant(world, segmentName(table, SAMPLE_DAY, 1, 'gzip'), file.content);
  }
  const { status, stderr } = await world.archive();
  assert.ok(status === 0 || status === 5, stderr);
  assert.equal(hotRows(world, 'secrets'), 1);
  assert.equal(hotRows(world), ROWS);
  assert.deepEqual(
    readdirSync(world.folder).filter((name) => !/^(data\.db|archives|firn\.config)/.test(name)),
    [],
  );
  for (const argv of [
    ['verify', '--deep'],
    ['retention', 'stats', '--json'],
    ['search', 'all', '--where', 'id=id-1'],
    ['cleanup', 'archives', '--older-than', '0d', '--consolidate-only'],
    ['verify', '--deep'],
    ['rebuild'],
  ]) {
    const outcome = await world.firn(argv);
    assert.doesNotMatch(outcome.stderr, /unexpected/, argv.join(' '));
  }
  assert.equal(hotRows(world, 'secrets'), 1);
  assert.ok(!existsSync(join(world.folder, 'up')) && !existsSync(join(world.folder, '..', 'up')));
});

test('a footer that names another table, day or part than its file is not adopted', async (t) => {
  const world = worldOf(t);
  await world.archive();
  const { file } = await sampleSegment('gzip', 1, ROWS);
  for (const segment of [
    segmentName('secrets', SAMPLE_DAY, 1, 'gzip'),
    segmentName('tool_uses', '2026-01-15', 1, 'gzip'),
    segmentName('tool_uses', SAMPLE_DAY, 2, 'gzip'),
    segmentName('tool_uses', SAMPLE_DAY, 3, 'none'),
  ]) {
    plant(world, segment, file.content);
  }
  await world.archive();
  assert.equal(hotRows(world), ROWS, 'no row was drained');
  assert.equal(hotRows(world, 'secrets'), 1);
});

test('lines that are no rows of the table leave every row where it is', async (t) => {
  const hostile = [
    '{"id":"id-0"}',
    '{"id":"id-0","id":"id-1"}',
    '{"id":null}',
    '{"id":{"$blob":"aWQtMA=="}}',
    '{"id":{"$text":"/w=="}}',
    '{"id":["id-0"]}',
    '{"id":"id-0\' OR 1 --"}',
    '{"__proto__":{"id":"id-0"}}',
    `{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"id":1e999,"n":${'9'.repeat(5000)}}`,
    '[]',
    'null',
    '{',
    '',
    '\0',
  ];
  for (const [at, line] of hostile.entries()) {
    const world = worldOf(t);
    await world.archive();
    const file = new MemoryFile();
    const writer = createSegmentWriter(file, sampleHead, { lookupKeys: [] });
    await writer.add({ ...sampleBlock(0, 1), lines: Buffer.from(`${line}\n`) });
    await writer.finish();
    plant(world, segmentName('tool_uses', SAMPLE_DAY, 1, 'gzip'), file.content);
    const { stderr } = await world.firn(['archive', 'all']);
    assert.doesNotMatch(stderr, /unexpected/, `line ${at}`);
    assert.equal(hotRows(world), ROWS, `line ${at}`);
    for (const argv of [
      ['verify', '--deep'],
      ['search', 'tool_uses', '--where', 'id=id-0'],
    ]) {
      assert.doesNotMatch((await world.firn(argv)).stderr, /unexpected/, `${argv[0]}, line ${at}`);
    }
  }
});

const DDL: Readonly<Record<string, readonly string[]>> = {
  'a second statement': [`${sampleHead.ddl[0]}; CREATE TABLE evil (x)`],
  'a trigger': [
    sampleHead.ddl[0]!,
    'CREATE TRIGGER evil AFTER INSERT ON tool_uses BEGIN DELETE FROM tool_uses; END',
  ],
  'a view': ['CREATE VIEW tool_uses AS SELECT 1 AS id'],
  'a virtual table': ['CREATE VIRTUAL TABLE tool_uses USING fts5(id)'],
  'a temporary table': ['CREATE TEMP TABLE tool_uses (id)'],
  'another table': ['CREATE TABLE evil (id)'],
  'an attached file': ["ATTACH 'evil.db' AS evil"],
  'a copy of the file': ["VACUUM INTO 'evil.db'"],
  'a pragma': ['PRAGMA writable_schema = ON'],
  'rows of its own': [
    "CREATE TABLE tool_uses AS SELECT 'evil' AS id, 1 AS execution_id, 2 AS start_time, 3 AS n",
  ],
  'rows without end': [
    'CREATE TABLE tool_uses AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n',
  ],
  'an index with statements': [
    sampleHead.ddl[0]!,
    'CREATE INDEX evil ON tool_uses (id); DROP TABLE tool_uses',
  ],
  'an index that calls': [sampleHead.ddl[0]!, "CREATE INDEX evil ON tool_uses (load_extension('x'))"],
  nothing: [],
};

for (const [kind, ddl] of Object.entries(DDL)) {
  test(`restoring into a file from a segment whose DDL is ${kind} runs nothing but a table and its indexes`, async (t) => {
    const world = worldOf(t);
    await world.archive();
    using db = world.others();
    db.exec('DELETE FROM tool_uses');
    const { file } = await sampleSegment('gzip', 1, ROWS);
    const hostile = await forged(file, (footer) => {
      footer.ddl = ddl;
    });
    plant(world, segmentName('tool_uses', SAMPLE_DAY, 1, 'gzip'), hostile.content);
    assert.equal((await world.archive()).reconciled[0]!.action, 'adopt');
    const into = join(world.folder, 'restored.db');
    const { status, stderr } = await world.firn(['restore', 'tool_uses', '--into', into], {
      cwd: world.folder,
    });
    assert.doesNotMatch(stderr, /unexpected/, `exits ${status}`);
    assert.ok(!existsSync(join(world.folder, 'evil.db')) && !existsSync('evil.db'));
    assert.equal(hotRows(world, 'secrets'), 1);
    if (!existsSync(into)) return;
    {
      using restored = new DatabaseSync(into);
      const names = restored.prepare("SELECT type, name FROM sqlite_schema WHERE name LIKE '%evil%'").all();
      assert.ok(
        names.every(({ type }) => type === 'index'),
        JSON.stringify(names),
      );
      assert.deepEqual(
        restored
          .prepare(
            "SELECT count(*) AS n FROM pragma_table_list WHERE schema = 'temp' AND name <> 'sqlite_temp_schema'",
          )
          .get()!.n,
        0,
      );
      if (restored.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tool_uses'").get() !== undefined) {
        assert.equal(
          restored.prepare("SELECT count(*) AS n FROM tool_uses WHERE id = 'evil'").get()!.n,
          0,
          'no rows of the DDL',
        );
      }
    }
    rmSync(into);
  });
}

test('a bomb is not inflated beyond what its footer allows, and is an alarm', async (t) => {
  const world = worldOf(t);
  await world.archive();
  using db = world.others();
  db.exec('DELETE FROM tool_uses');
  const head: SegmentHead = { ...sampleHead };
  const file = new MemoryFile();
  const writer = createSegmentWriter(file, head, { lookupKeys: [] });
  const lines = Buffer.alloc(300 << 20, '{"id":"a"}\n');
  const whole = lines.subarray(0, Math.floor(lines.length / 11) * 11);
  await writer.add({ ...sampleBlock(0, 1), lines: whole, rows: whole.length / 11 });
  await writer.finish();
  const bomb = await forged(file, (footer) => {
    footer.rows = 1;
    footer.raw_bytes = 11;
    Object.assign(footer.blocks[0], { rows: 1, raw_bytes: 11 });
  });
  assert.ok(bomb.bytes < 2 << 20, `${bomb.bytes} bytes`);
  plant(world, segmentName('tool_uses', SAMPLE_DAY, 1, 'gzip'), bomb.content);
  const before = process.memoryUsage().rss;
  const { stderr, reconciled } = await world.archive();
  assert.ok(process.memoryUsage().rss - before < 150 << 20);
  assert.ok(
    reconciled.some(({ action }) => action === 'alarm' || action === 'quarantine'),
    stderr,
  );
});
