import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { everything } from '../../../src/lookup/read/query.ts';
import { exportParquet } from '../../../src/lookup/search/export-lines.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

const SECRET = 'a secret outside the archive';
const LATER = Date.parse('2026-05-01T00:00:00Z');

/** Every file under a folder: its path, mode, kind and content. */
function treeHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = lstatSync(join(folder, name));
    hash.update(`${name} ${stat.mode} ${stat.mtimeMs}\n`);
    if (stat.isSymbolicLink()) hash.update(readlinkSync(join(folder, name)));
    else if (stat.isFile()) hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

interface Confined extends AsyncDisposable {
  readonly world: LookupWorld;
  readonly session: SqlSession;
  /** A segment that the views read where it lies. */
  readonly segment: string;
  readonly text: (path: string) => string;
}

/** An archive with warm and cold files, and beside them what nobody may read. */
async function confined(t: TestContext): Promise<Confined> {
  const world = new LookupWorld();
  await world.archiveAll();
  await world.consolidate(LATER);
  await world.archiveAll({}, LATER);
  const { archives, folder } = world;
  mkdirSync(join(archives, 'quarantine'), { recursive: true });
  writeFileSync(join(archives, 'quarantine/notes.jsonl'), `{"id":"${SECRET}"}\n`);
  writeFileSync(join(archives, 'warm/stranger.jsonl'), `{"id":"${SECRET}"}\n`);
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  const warm = readdirSync(join(archives, 'warm'), { recursive: true, encoding: 'utf8' });
  const segment = join(archives, 'warm', warm.find((name) => /\/notes.*\.gz$/.test(name))!);
  symlinkSync(join(folder, 'secret.txt'), join(dirname(segment), 'link.jsonl'));
  const session = await SqlSession.open(await world.places(), everything(['notes', 'pairs', 'bare']));
  t.after(async () => {
    await session[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });
  return {
    ...{ world, session, segment, text: (path) => `'${path.replaceAll("'", "''")}'` },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function rows(session: SqlSession, sql: string): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for await (const piece of (await session.run(sql)).rows) all.push(...piece.map((row) => [...row]));
  return all;
}

/** Statements that write, configure, load or reach for a file. `$…` are paths. */
const ATTEMPTS: readonly string[] = [
  // Writing: over a segment, the database, a bundle, a new file, with and without DuckDB's temporary file.
  ...['$SEGMENT', '$DATABASE', '$BUNDLE', '$NEW'].flatMap((path) => [
    `COPY (SELECT 1) TO ${path}`,
    `COPY (SELECT 1) TO ${path} (FORMAT csv, USE_TMP_FILE false)`,
    `COPY notes TO ${path} (FORMAT parquet)`,
    `COPY (SELECT * FROM notes) TO ${path} (FORMAT json, USE_TMP_FILE false)`,
    `/* SELECT */ COPY (SELECT 1) TO ${path} (USE_TMP_FILE false)`,
    `EXPLAIN ANALYZE COPY (SELECT count(*) FROM notes) TO ${path} (FORMAT csv, USE_TMP_FILE false)`,
    `EXPLAIN COPY (SELECT 1) TO ${path} (USE_TMP_FILE false)`,
    `EXPLAIN (ANALYZE) COPY (SELECT 1) TO ${path} (USE_TMP_FILE false)`,
    `EXPLAIN ANALYZE EXPLAIN ANALYZE COPY (SELECT 1) TO ${path} (USE_TMP_FILE false)`,
    `PREPARE p AS COPY (SELECT 1 FROM notes LIMIT 1) TO ${path} (USE_TMP_FILE false)`,
    `WITH x AS (SELECT 1) COPY (FROM x) TO ${path} (USE_TMP_FILE false)`,
    `SELECT 1; COPY (SELECT 1) TO ${path} (USE_TMP_FILE false)`,
    `SELECT 1 FROM notes;; COPY (SELECT 1) TO ${path} (USE_TMP_FILE false);`,
    `FROM query('COPY (SELECT 1) TO ''x'' (USE_TMP_FILE false)')`,
    `ATTACH ${path}`,
    `ATTACH ${path} (READ_ONLY)`,
    `ATTACH ${path} AS other (TYPE sqlite)`,
    `EXPORT DATABASE ${path}`,
    `IMPORT DATABASE ${path}`,
    `PRAGMA profiling_output=${path}`,
    `SET log_query_path=${path}`,
    `CALL enable_logging(storage = 'file', storage_config = {'path': ${path}})`,
  ]),
  'COPY notes FROM $SEGMENT',
  "COPY notes FROM '/etc/passwd'",
  // Extensions, the network, secrets.
  ...['sqlite', 'httpfs', 'json', 'parquet'].flatMap((name) => [
    `INSTALL ${name}`,
    `FORCE INSTALL ${name}`,
    `INSTALL ${name} FROM community`,
    `LOAD ${name}`,
  ]),
  ...["LOAD '/tmp/x.duckdb_extension'", 'UPDATE EXTENSIONS', 'CREATE SECRET s (TYPE http)'],
  'CREATE PERSISTENT SECRET s (TYPE http)',
  "SELECT * FROM read_text('http://127.0.0.1:1/x')",
  "SELECT * FROM read_csv('https://127.0.0.1:1/x.csv')",
  "SELECT * FROM 's3://bucket/x.parquet'",
  // Reading other files, by every function and path.
  ...[
    '$SECRET',
    "'/etc/passwd'",
    '$QUARANTINE',
    '$STRANGER',
    '$LINK',
    '$DOTS',
    '$DATABASE',
    '$LEDGER',
  ].flatMap((path) => [
    `SELECT * FROM read_text(${path})`,
    `SELECT * FROM read_blob(${path})`,
    `SELECT * FROM read_csv(${path})`,
    `SELECT * FROM read_json(${path})`,
    `SELECT * FROM read_ndjson_objects(${path})`,
    `SELECT * FROM read_parquet(${path})`,
    `SELECT * FROM parquet_metadata(${path})`,
    `SELECT * FROM sniff_csv(${path})`,
    `SELECT * FROM read_json([$SEGMENT, ${path}])`,
    `SELECT (SELECT content FROM read_text(${path})) FROM notes`,
    `FROM query('FROM read_text(' || '''' || ${path} || '''' || ')')`,
    `DESCRIBE SELECT * FROM read_csv(${path})`,
    `SUMMARIZE FROM read_text(${path})`,
    `EXPLAIN ANALYZE FROM read_text(${path})`,
    `SELECT * FROM glob(${path})`,
  ]),
  ...["'/etc/*'", '$ALL', '$WARM'].flatMap((path) => [
    `SELECT * FROM glob(${path})`,
    `SELECT * FROM read_text(${path})`,
    `SELECT * FROM ${path}`,
  ]),
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM $STRANGER',
  "SELECT getenv('HOME')",
  // Configuration.
  ...[
    'enable_external_access = true',
    'lock_configuration = false',
    "allowed_paths = ['/etc/passwd']",
    "allowed_directories = ['/']",
    'autoinstall_known_extensions = true',
    'autoload_known_extensions = true',
    'allow_community_extensions = true',
    'allow_unsigned_extensions = true',
    "memory_limit = '100GB'",
    "max_temp_directory_size = '1000GB'",
    "temp_directory = '/tmp'",
    "extension_directory = '/tmp'",
    "file_search_path = '/etc'",
    'threads = 64',
  ].flatMap((setting) => [
    `SET ${setting}`,
    `SET GLOBAL ${setting}`,
    `PRAGMA ${setting}`,
    `RESET ${setting.split(' ')[0]}`,
  ]),
  ...['RESET ALL', 'PRAGMA disable_checkpoint_on_shutdown', 'CALL pragma_version()', 'PRAGMA database_list'],
  // Objects, transactions and everything else that is no query.
  'CREATE TABLE t (a INT)',
  'CREATE TABLE t AS SELECT * FROM notes',
  'CREATE OR REPLACE VIEW notes AS SELECT 1',
  'CREATE TEMP TABLE notes AS SELECT 1',
  'CREATE MACRO f(x) AS x',
  'CREATE SEQUENCE s',
  "INSERT INTO notes (id) VALUES ('x')",
  'INSERT INTO notes SELECT * FROM notes',
  "UPDATE notes SET id = 'x'",
  'DELETE FROM notes',
  'TRUNCATE notes',
  'MERGE INTO notes USING pairs ON true WHEN MATCHED THEN DELETE',
  'DROP VIEW notes',
  'ALTER VIEW notes RENAME TO other',
  'WITH x AS (DELETE FROM notes RETURNING *) SELECT * FROM x',
  ...[
    'CHECKPOINT',
    'FORCE CHECKPOINT',
    'VACUUM',
    'ANALYZE',
    'BEGIN',
    'COMMIT',
    'USE memory',
    'DETACH memory',
  ],
  ...[
    'PREPARE p AS SELECT 1',
    'EXECUTE p',
    'DEALLOCATE p',
    "COMMENT ON VIEW notes IS 'x'",
    'SET VARIABLE a = 1',
  ],
  ...['SELECT 1; SELECT 2', '.read /etc/passwd', '.output x', '.shell id', '.open x', '', ';', '-- nothing'],
];

test('SQL writes nothing, configures nothing, loads nothing and reads no file but the archives', async (t) => {
  const { world, session, segment, text } = await confined(t);
  const { folder, archives, database } = world;
  const paths: Record<string, string> = {
    SEGMENT: segment,
    DATABASE: database,
    BUNDLE: join(archives, 'cold/2026/2026-01.tar.gz'),
    NEW: join(folder, 'new.csv'),
    SECRET: join(folder, 'secret.txt'),
    QUARANTINE: join(archives, 'quarantine/notes.jsonl'),
    STRANGER: join(archives, 'warm/stranger.jsonl'),
    LINK: join(dirname(segment), 'link.jsonl'),
    DOTS: `${dirname(segment)}/../../../secret.txt`,
    LEDGER: join(archives, 'firn.json'),
    ALL: `${folder}/**`,
    WARM: `${archives}/warm/*/*`,
  };
  const before = treeHash(folder);
  const home = process.env.HOME === undefined ? null : join(process.env.HOME, '.duckdb');
  const hadHome = home !== null && existsSync(home);
  for (const attempt of ATTEMPTS) {
    const sql = attempt.replaceAll(/\$([A-Z]+)/g, (_, name: string) => text(paths[name]!));
    let leaked = '';
    await assert.rejects(
      async () => {
        leaked = JSON.stringify(await rows(session, sql), (_, value) =>
          typeof value === 'bigint' ? Number(value) : value,
        );
      },
      (error) => error instanceof FirnError && ['usage', 'refused'].includes(error.code),
      `${sql} is refused, but gave ${leaked}`,
    );
    assert.equal(treeHash(folder), before, `${sql} changes nothing`);
  }
  assert.equal(home !== null && existsSync(home), hadHome, 'no folder of DuckDB in the home');
  assert.ok((await rows(session, 'SELECT count(*) FROM notes'))[0]![0] === 29n);
  assert.equal(treeHash(folder), before);
});

test('limits stand, and are locked', async (t) => {
  const { session } = await confined(t);
  const settings = await rows(
    session,
    `SELECT name, value FROM duckdb_settings() WHERE name IN ('enable_external_access', 'lock_configuration', 'autoinstall_known_extensions',
      'autoload_known_extensions', 'allow_community_extensions', 'allow_unsigned_extensions', 'memory_limit', 'max_temp_directory_size') ORDER BY name`,
  );
  assert.deepEqual(Object.fromEntries(settings), {
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    lock_configuration: 'true',
    max_temp_directory_size: '14.9 GiB',
    memory_limit: '953.6 MiB',
  });
  const [[folder]] = (await rows(session, "SELECT current_setting('temp_directory')")) as [[string]];
  assert.equal(statSync(folder).mode & 0o777, 0o700, 'the temporary folder is private');
});

test('a statement reaches only the files of the tables that it names', async (t) => {
  const { session } = await confined(t);
  const [[own]] = (await rows(
    session,
    "SELECT count(*) FROM notes, (SELECT unnest(current_setting('allowed_paths')) AS p) WHERE p LIKE '%pairs%'",
  )) as [[bigint]];
  assert.equal(own, 0n);
  await rows(session, 'SELECT count(*) FROM notes');
  const left = await rows(session, "SELECT unnest(current_setting('allowed_paths'))");
  assert.deepEqual(left, [], 'the next statement does not have the files of the one before');
});

test('queries of every kind still answer', async (t) => {
  const { session } = await confined(t);
  const count = async (sql: string): Promise<number> => (await rows(session, sql)).length;
  assert.equal(await count('-- which\nSELECT id FROM notes LIMIT 2;'), 2);
  assert.equal(await count('FROM notes LIMIT 2'), 2);
  assert.equal(await count('(SELECT 1) UNION ALL SELECT 2 -- two;'), 2);
  assert.equal(await count('VALUES (1), (2)'), 2);
  assert.equal(await count('WITH n AS MATERIALIZED (SELECT * FROM notes) SELECT 1 FROM n LIMIT 3'), 3);
  assert.ok((await count('DESCRIBE notes')) > 5);
  assert.ok((await count('SUMMARIZE SELECT id, n FROM notes')) === 2);
  assert.ok((await count('FROM (DESCRIBE notes)')) > 5);
  assert.equal(await count("PIVOT notes ON _tier IN ('hot', 'cold') USING count(*) GROUP BY run LIMIT 1"), 1);
  assert.equal(await count('EXPLAIN SELECT * FROM notes'), 1);
  assert.equal(await count('EXPLAIN ANALYZE SELECT * FROM notes'), 1);
  assert.equal(await count('explain (format json) SELECT * FROM notes'), 1);
});

test('archives whose path has signs of DuckDB are read, also through a link', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "firn-[odd] *?{a}'"));
  t.after(() => rmSync(folder, { recursive: true }));
  await using world = new LookupWorld();
  await world.archiveAll();
  symlinkSync(world.archives, join(folder, 'link'));
  const { openFolder } = await import('../../../src/archive/folder/folder-archive.ts');
  const places = { ...(await world.places()), archive: openFolder(join(folder, 'link')) };
  await using session = await SqlSession.open(places, everything(['notes']));
  assert.deepEqual(await rows(session, 'SELECT count(*) FROM notes'), [[29n]]);
});

test('Parquet export writes its one file, keeps its mode, and leaves the archive alone', async (t) => {
  const { world } = await confined(t);
  const before = treeHash(world.folder);
  const out = mkdtempSync(join(tmpdir(), "firn-out '"));
  t.after(() => rmSync(out, { recursive: true }));
  const file = join(out, 'notes.parquet');
  writeFileSync(file, '', { mode: 0o600 });
  const { rows: count } = await exportParquet(await world.places(), everything(['notes']), file);
  assert.equal(count, 29);
  assert.equal(treeHash(world.folder), before);
  assert.deepEqual(readdirSync(out), ['notes.parquet']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(readFileSync(file).subarray(0, 4).toString(), 'PAR1');
});
