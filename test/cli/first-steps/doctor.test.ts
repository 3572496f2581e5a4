import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, type TestContext, test } from 'node:test';
import { unitStem } from '../../../src/operate/install/systemd-units.ts';
import { firn, type Outcome, TEST_NOW, type World } from '../world.ts';

interface Found {
  readonly check: string;
  readonly severity: string;
  readonly subject: string | null;
  readonly message: string;
  readonly remedy: string | null;
  readonly command: readonly string[] | null;
}

interface Place {
  readonly folder: string;
  readonly database: string;
  run(...argv: readonly string[]): Promise<Outcome>;
  later(change: World, ...argv: readonly string[]): Promise<Outcome>;
  sql(text: string): void;
  /** What is not ok. */
  findings(change?: World): Promise<readonly Found[]>;
}

const CONFIG = `database: app.db
archives: archives
preset: none
tables:
  events: {hot: 7d, warm: 90d, cold: 1y, time_column: ts}
`;

const template = mkdtempSync(join(tmpdir(), 'firn-doctor-'));
after(() => rmSync(template, { recursive: true, force: true }));

/** No programs, and no units of the machine's own user. */
const envOf = (folder: string) => ({
  ...{ PATH: join(folder, 'bin'), XDG_CONFIG_HOME: join(folder, 'xdg'), NO_COLOR: '1' },
});

before(async () => {
  const database = join(template, 'app.db');
  using db = new DatabaseSync(database);
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE events (id TEXT PRIMARY KEY, ts TEXT NOT NULL, body TEXT);
    CREATE INDEX events_ts ON events(ts);
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
    INSERT INTO events SELECT printf('e%02d', i), strftime('%Y-%m-%dT12:00:00Z', '2026-05-02', '+' || i || ' days'), 'x' FROM n;`);
  db.close();
  chmodSync(database, 0o600);
  writeFileSync(join(template, 'firn.config.yaml'), CONFIG);
  for (const mode of ['daily', 'monthly']) {
    const { status, stderr } = await firn(['job', '--mode', mode], { cwd: template, env: envOf(template) });
    assert.equal(status, 0, stderr);
  }
});

/** A database with a month of events, whose jobs have run: nothing is wrong with it. */
async function healthy(t: TestContext): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(template, folder, { recursive: true });
  // Of folders it does not keep the mode.
  chmodSync(join(folder, 'archives'), 0o700);
  const database = join(folder, 'app.db');
  const sql = (text: string): void => {
    using db = new DatabaseSync(database, { enableForeignKeyConstraints: false });
    db.exec(text);
  };
  const later: Place['later'] = (change, ...argv) =>
    firn(argv, { cwd: folder, env: envOf(folder), ...change });
  const run: Place['run'] = (...argv) => later({}, ...argv);
  const findings: Place['findings'] = async (change = {}) => {
    const { stdout, stderr, status } = await later(change, 'doctor', '--json');
    assert.notEqual(stdout, '', stderr);
    const all = JSON.parse(stdout).findings as Found[];
    const wanting = all.some(({ severity }) => severity === 'warning' || severity === 'problem');
    assert.equal(status, wanting ? 1 : 0);
    return all.filter(({ severity }) => severity !== 'ok');
  };
  return { folder, database, run, later, sql, findings };
}

/** Digests of everything in a folder. */
function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

/** Exactly one finding, as told. */
function only(
  findings: readonly Found[],
  check: string,
  severity: string,
  message: RegExp,
  remedy: RegExp | null,
): Found {
  assert.equal(findings.length, 1, JSON.stringify(findings, null, 2));
  const [found] = findings as [Found];
  assert.deepEqual([found.check, found.severity], [check, severity], found.message);
  assert.match(found.message, message);
  if (remedy === null) assert.equal(found.remedy, null);
  else assert.match(found.remedy ?? '', remedy);
  return found;
}

test('a healthy installation is ok in every check, exits 0, and is not touched', async (t) => {
  const place = await healthy(t);
  const untouched = snapshot(place.folder);
  const { status, stdout } = await place.run('doctor');
  assert.equal(status, 0, stdout);
  const checks = stdout.split('\n').filter((line) => line.startsWith('  ok'));
  assert.deepEqual(
    checks.map((line) => line.split(/\s+/)[2]),
    'program configuration database archive permissions disk schedule lock times references triggers unmanaged'.split(
      ' ',
    ),
  );
  assert.match(stdout, /\n\nEverything is ok\.\n/);
  assert.deepEqual(await place.findings(), []);
  assert.deepEqual(snapshot(place.folder), untouched, 'nothing is created or changed');
});

test('text fits the width of the terminal', async (t) => {
  const place = await healthy(t);
  place.sql('CREATE TRIGGER log AFTER DELETE ON events BEGIN INSERT INTO users (name) VALUES (old.id); END');
  const { stdout } = await place.run('doctor');
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || !line.trim().includes(' '), line);
  assert.match(stdout, /\n {26}→ If these triggers/);
  assert.match(stdout, /\n1 problem\.\n/);
});

test('a pause is a warning until its remedy was run', async (t) => {
  const place = await healthy(t);
  await place.run('pause', '--reason', 'moving house');
  const { command } = only(await place.findings(), 'schedule', 'warning', /moving house/, /firn resume/);
  assert.equal((await place.run(...command!.slice(1))).status, 0);
  assert.deepEqual(await place.findings(), []);
});

test('an overdue job is a problem until its remedy was run', async (t) => {
  const place = await healthy(t);
  const now = TEST_NOW + 3 * 86_400_000;
  const found = await place.findings({ now });
  const daily = found.filter(({ subject }) => subject === 'daily');
  const { command } = only(
    daily,
    'schedule',
    'problem',
    /overdue by/,
    /No timer was found.*firn schedule cron --install/,
  );
  for (const { command: one } of found) await place.later({ now }, ...one!.slice(1));
  assert.deepEqual(command, ['firn', 'job', '--mode', 'daily']);
  assert.deepEqual(await place.findings({ now }), []);
});

test('an overdue job whose timer is installed points to its log', async (t) => {
  const place = await healthy(t);
  const units = join(place.folder, 'xdg', 'systemd', 'user');
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, `${unitStem(place.database)}-daily.timer`), '');
  const found = await place.findings({ now: TEST_NOW + 3 * 86_400_000 });
  only(
    found.filter(({ subject }) => subject === 'daily'),
    'schedule',
    'problem',
    /overdue/,
    /Read its log/,
  );
});

test('jobs that two programs start are a warning', async (t) => {
  const place = await healthy(t);
  const units = join(place.folder, 'xdg', 'systemd', 'user');
  mkdirSync(units, { recursive: true });
  mkdirSync(join(place.folder, 'bin'));
  writeFileSync(join(units, `${unitStem(place.database)}-daily.timer`), '');
  const crontab = join(place.folder, 'bin', 'crontab');
  writeFileSync(crontab, `#!/bin/sh\necho '# BEGIN firn ${place.database}'\n`, { mode: 0o755 });
  only(await place.findings(), 'schedule', 'warning', /crontab entries, systemd units/, /--uninstall/);
});

test('a lost archive file is a problem with the remedy of verify', async (t) => {
  const place = await healthy(t);
  const [day] = readdirSync(join(place.folder, 'archives', 'warm')).sort();
  rmSync(join(place.folder, 'archives', 'warm', day!), { recursive: true });
  const { subject } = only(
    await place.findings(),
    'archive',
    'problem',
    /missing/,
    /Restore the file from a backup/,
  );
  assert.match(subject!, new RegExp(`warm/${day}`));
});

test('an archive of another database is a problem', async (t) => {
  const place = await healthy(t);
  const other = await healthy(t);
  const marker = join(other.folder, 'archives', 'archive.json');
  const text = readFileSync(marker, 'utf8');
  writeFileSync(marker, text.replace(JSON.parse(text).database, '00000000-0000-4000-8000-000000000000'));
  const { stdout, status } = await place.run(
    'doctor',
    '--json',
    '--archive-path',
    join(other.folder, 'archives'),
  );
  assert.equal(status, 1);
  const archive = (JSON.parse(stdout).findings as Found[]).filter(({ check }) => check === 'archive');
  only(archive, 'archive', 'problem', /belongs to another database/, /--archive-path/);
});

test('an archive file that the ledger does not list is a problem until its remedy was run', async (t) => {
  const place = await healthy(t);
  place.sql(`DELETE FROM _firn_receipts WHERE segment = (SELECT min(segment) FROM _firn_receipts)`);
  const { command } = only(
    await place.findings(),
    'archive',
    'problem',
    /does not list|not covered|ledger/,
    /archive/,
  );
  assert.equal((await place.run(...command!.slice(1))).status, 0);
  assert.deepEqual(await place.findings(), []);
});

for (const [what, sql, severity, message, remedy] of [
  [
    'a time column that is gone',
    'DROP INDEX events_ts; ALTER TABLE events RENAME ts TO tss',
    'problem',
    /no column ts/,
    /Is it tss\?/,
  ],
  [
    'times that cannot be read',
    "INSERT INTO events SELECT 'u' || rowid, 'soon', '' FROM events",
    'warning',
    /that is not a time/,
    /time_column/,
  ],
  [
    'times in the future',
    "INSERT INTO events SELECT 'f' || rowid, '9999-12-31', '' FROM events",
    'warning',
    /before 1990 or in the future/,
    /time_column/,
  ],
  [
    'a large table without an index',
    "DROP INDEX events_ts; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 120000) INSERT INTO events SELECT 'n' || i, '2026-05-31T00:00:00Z', '' FROM n",
    'warning',
    /^about 1[12]\d,\d{3} rows and no index on ts/,
    /CREATE INDEX "events_ts" ON "events" \("ts"\)/,
  ],
] as const) {
  test(`${what}: a ${severity} of its table`, async (t) => {
    const place = await healthy(t);
    place.sql(sql);
    const found = only(await place.findings(), 'times', severity, message, remedy);
    assert.equal(found.subject, 'events');
    if (!found.remedy!.startsWith('CREATE')) return;
    place.sql(found.remedy!);
    assert.deepEqual(await place.findings(), []);
  });
}

test('a few rows without a time are worth a note, most of them a warning', async (t) => {
  const place = await healthy(t);
  place.sql(
    `CREATE TABLE jobs (id INTEGER PRIMARY KEY, ended TEXT); INSERT INTO jobs (ended) VALUES (NULL), ('2026-05-31'), ('2026-05-31')`,
  );
  writeFileSync(
    join(place.folder, 'firn.config.yaml'),
    `${CONFIG}  jobs: {hot: 7d, warm: 90d, cold: 1y, time_column: ended}\n`,
  );
  only(await place.findings(), 'times', 'note', /^1 of 3 sampled rows have no ended/, /time_column/);
  place.sql('INSERT INTO jobs (ended) VALUES (NULL), (NULL), (NULL)');
  only(await place.findings(), 'times', 'warning', /^4 of 6 sampled rows have no ended/, /time_column/);
});

test('triggers that write are a problem until they are allowed, and one that refuses is a warning', async (t) => {
  const place = await healthy(t);
  place.sql('CREATE TRIGGER log AFTER DELETE ON events BEGIN INSERT INTO users (name) VALUES (old.id); END');
  only(await place.findings(), 'triggers', 'problem', /log writes to users/, /triggers: allow/);
  writeFileSync(join(place.folder, 'firn.config.yaml'), CONFIG.replace('ts}', 'ts, triggers: allow}'));
  only(await place.findings(), 'triggers', 'note', /allowed to run.*log \(writes to users\)/, null);
  place.sql(
    "DROP TRIGGER log; CREATE TRIGGER guard BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  only(await place.findings(), 'triggers', 'warning', /guard may refuse/, /guard/);
});

test('foreign keys to a managed table: how many rows refer, which dangle, and a missing index', async (t) => {
  const place = await healthy(t);
  place.sql(`CREATE TABLE notes (id INTEGER PRIMARY KEY, event_id TEXT REFERENCES events ON DELETE CASCADE);
    CREATE INDEX notes_event ON notes(event_id);
    INSERT INTO notes (event_id) SELECT max(id) FROM events; INSERT INTO notes (event_id) VALUES (NULL)`);
  assert.deepEqual(await place.findings(), [], 'references are kept');
  const { stdout } = await place.run('doctor', '--json');
  assert.match(stdout, /"1 reference to managed tables, and no row breaks one"/);
  writeFileSync(join(place.folder, 'firn.config.yaml'), CONFIG.replace('ts}', 'ts, references: ignore}'));
  only(
    await place.findings(),
    'references',
    'note',
    /refers to events \(1 row\).*CASCADE does not run/,
    null,
  );
  place.sql("INSERT INTO notes (event_id) VALUES ('gone')");
  const [, dangling] = await place.findings();
  only(
    [dangling!],
    'references',
    'note',
    /^1 row refers to rows of events that are not/,
    /firn explain events ID/,
  );
  place.sql(`DELETE FROM notes; DROP INDEX notes_event;
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) INSERT INTO notes (event_id) SELECT NULL FROM n`);
  const { remedy } = only(
    await place.findings(),
    'references',
    'warning',
    /no index on the key/,
    /CREATE INDEX/,
  );
  place.sql(remedy!);
  assert.deepEqual(await place.findings(), []);
});

test('references that would dangle after the next run are counted as a dry run counts them', async (t) => {
  const place = await healthy(t);
  place.sql(`CREATE TABLE notes (id INTEGER PRIMARY KEY, event_id TEXT REFERENCES events);
    CREATE INDEX notes_event ON notes(event_id);
    INSERT INTO events VALUES ('old', '2026-05-01T00:00:00Z', 'x');
    INSERT INTO notes (event_id) VALUES ('old'), ('old'), (NULL); INSERT INTO notes (event_id) SELECT max(id) FROM events WHERE id <> 'old'`);
  writeFileSync(join(place.folder, 'firn.config.yaml'), CONFIG.replace('ts}', 'ts, references: ignore}'));
  const findings = (await place.findings()).filter(({ subject }) => subject === 'events');
  only(findings, 'references', 'note', /^2 references to its rows would dangle after the next run/, null);
  const dry = JSON.parse((await place.run('archive', 'all', '--dry-run', '--json')).stdout);
  const { records, dangling, dangling_exact } = dry.tables[0];
  assert.deepEqual([records, dangling, dangling_exact], [1, 2, true]);
  assert.deepEqual(dry.warnings, ['events: 2 remaining rows refer to rows that leave (references: ignore)']);
  const run = JSON.parse((await place.run('archive', 'all', '--json')).stdout);
  assert.deepEqual([run.total, run.tables[0].dangling], [1, 2]);
});

test('rows of a child that belong to no row of the parent are counted, those without a key too', async (t) => {
  const place = await healthy(t);
  place.sql(`CREATE TABLE parts (id INTEGER PRIMARY KEY, event TEXT);
    CREATE INDEX parts_event ON parts(event);
    INSERT INTO parts (event) SELECT max(id) FROM events; INSERT INTO parts (event) VALUES ('gone'), (NULL)`);
  writeFileSync(join(place.folder, 'firn.config.yaml'), `${CONFIG}  parts: {with: events, by: event}\n`);
  const { subject } = only(
    await place.findings(),
    'references',
    'note',
    /^2 rows belong to no row of events \(orphans\)/,
    /firn explain events ID/,
  );
  assert.equal(subject, 'parts.event');
  const dry = JSON.parse((await place.run('archive', 'all', '--dry-run', '--json')).stdout);
  assert.equal(dry.tables[1].orphans, 2);
});

test('a large table that grows without a policy is a warning until it is exempt', async (t) => {
  const place = await healthy(t);
  place.sql(`CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 110000)
    INSERT INTO audit (at) SELECT datetime('2026-03-01', '+' || i || ' minutes') FROM n`);
  const { subject } = only(
    await place.findings(),
    'unmanaged',
    'warning',
    /^about 110,001 rows .*newest at 2026-05-/,
    /firn init --print.*exempt/,
  );
  assert.equal(subject, 'audit');
  writeFileSync(join(place.folder, 'firn.config.yaml'), `${CONFIG}exempt: [audit]\n`);
  assert.deepEqual(await place.findings(), []);
  writeFileSync(join(place.folder, 'firn.config.yaml'), CONFIG);
  assert.deepEqual(
    await place
      .findings({ now: TEST_NOW + 100 * 86_400_000 })
      .then((all) => all.filter(({ check }) => check === 'unmanaged')),
    [],
    'it no longer grows',
  );
});

test('facts of the database file: journal mode, free pages', async (t) => {
  const place = await healthy(t);
  place.sql('PRAGMA journal_mode = DELETE');
  only(await place.findings(), 'database', 'note', /journal mode delete/, /journal_mode = WAL/);
  place.sql(`PRAGMA journal_mode = WAL; CREATE TABLE big (x); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO big SELECT randomblob(4000) FROM n; DELETE FROM big; DROP TABLE big`);
  const { command } = only(
    await place.findings(),
    'database',
    'note',
    /% of the file is free/,
    /firn reclaim --full/,
  );
  assert.equal((await place.run(...command!.slice(1))).status, 0);
  assert.deepEqual(await place.findings(), []);
});

test('permissions: what others can read is a note, what others can change is a warning', async (t) => {
  const place = await healthy(t);
  chmodSync(place.database, 0o644);
  only(
    await place.findings(),
    'permissions',
    'note',
    /every user of this machine can read it \(.*mode 0644\)/,
    /chmod o-rwx/,
  );
  chmodSync(place.database, 0o600);
  chmodSync(join(place.folder, 'firn.config.yaml'), 0o666);
  only(await place.findings(), 'permissions', 'warning', /can change it/, /chmod o-w .*firn\.config\.yaml/);
});

test('a configured table that the database lacks names the nearest one', async (t) => {
  const place = await healthy(t);
  writeFileSync(
    join(place.folder, 'firn.config.yaml'),
    `${CONFIG}  user: {hot: 7d, warm: 90d, cold: 1y, time_column: name}\n`,
  );
  const { subject } = only(
    await place.findings(),
    'configuration',
    'warning',
    /no such table/,
    /firn\.config\.yaml:6:3\. Is it users\?/,
  );
  assert.equal(subject, 'user');
});

test('an old Node.js is a problem', async (t) => {
  const place = await healthy(t);
  only(
    await place.findings({ nodeVersion: '22.3.1' }),
    'program',
    'problem',
    /Node\.js 22\.3\.1 is not a version that Firn supports/,
    /Install Node\.js/,
  );
});

test('a missing, foreign or damaged database, archive or configuration hides no other check, and nothing is created', async (t) => {
  const place = await healthy(t);
  const bad = join(place.folder, 'bad');
  writeFileSync(bad, 'tables: [');
  const bytes = readFileSync(place.database);
  const torn = join(place.folder, 'torn.db');
  writeFileSync(torn, bytes.subarray(0, bytes.length / 2), { mode: 0o600 });
  const untouched = snapshot(place.folder);
  for (const [option, path, check, message] of [
    ['--db-path', 'no/such.db', 'database', /not found/],
    ['--db-path', 'bad', 'database', /not an SQLite database/],
    ['--db-path', 'torn.db', 'database', /malformed/],
    ['--config', 'bad', 'configuration', /could not read the configuration/],
    ['--config', 'none.yaml', 'configuration', /not found/],
  ] as const) {
    const { stdout, status } = await place.run('doctor', '--json', option, path);
    assert.equal(status, 1, path);
    const findings = JSON.parse(stdout).findings as Found[];
    const problems = findings.filter(({ severity }) => severity === 'problem');
    only(problems, check, 'problem', message, /./);
    assert.equal(new Set(findings.map((finding) => finding.check)).size, 12, path);
    const { stdout: text } = await place.run('doctor', option, path);
    assert.match(text, new RegExp(`not checked: see ${check}`));
  }
  const lost = await place.run('doctor', '--json', '--archive-path', 'nowhere');
  const archive = (JSON.parse(lost.stdout).findings as Found[]).filter(({ check }) => check === 'archive');
  assert.ok(archive.length > 1 && archive.every(({ severity }) => severity === 'problem'));
  assert.deepEqual(snapshot(place.folder), untouched);
});

test('one table that cannot be read hides no other', async (t) => {
  const place = await healthy(t);
  place.sql('CREATE TABLE odd (id INTEGER PRIMARY KEY, ts TEXT, _archived_at TEXT)');
  writeFileSync(
    join(place.folder, 'firn.config.yaml'),
    `${CONFIG}  odd: {hot: 7d, warm: 90d, cold: 1y, time_column: ts}\n`,
  );
  const { subject } = only(await place.findings(), 'times', 'problem', /cannot be read: .*_archived_at/, /./);
  assert.equal(subject, 'odd');
});
