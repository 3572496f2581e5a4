import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { mountTmpfs } from '../../support/faults/disk/tmpfs.ts';
import { createIdeas } from '../ideas.ts';
import { firn, TEST_NOW } from '../world.ts';

test('the file that init writes is a valid configuration and holds the same policies', async (t) => {
  const { folder, database } = createIdeas(t);
  const written = await firn(['init', '--db-path', database], { cwd: folder });
  assert.equal(written.status, 0, written.stderr);
  const read = await firn(['retention', 'policy', '--json'], { cwd: folder });
  assert.equal(read.status, 0, read.stderr);
  assert.deepEqual(
    JSON.parse(read.stdout),
    JSON.parse((await firn(['retention', 'policy', '--json'])).stdout),
  );
});

test('unmanaged tables with a time are proposed, and valid without their comment signs', async (t) => {
  const { folder, database } = createIdeas(t);
  const db = new DatabaseSync(database);
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id TEXT, placed DATETIME);
           CREATE TABLE "odd: name" (id INTEGER PRIMARY KEY, updated_at TEXT, createdAt TEXT);
           CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);`);
  db.close();
  const { stdout } = await firn(['init', '--db-path', database, '--print'], { cwd: folder });
  assert.ok(!existsSync(join(folder, 'firn.config.yaml')));
  assert.match(stdout, /# {2}time_column: placed/);
  assert.match(stdout, /# {2}time_column: createdAt/);
  assert.match(stdout, /Not managed, because no time column was found: "?settings/);
  const uncommented = stdout.replace(/^( *)#(orders|"odd: name"| {2}(?=\w+:))/gm, '$1$2');
  writeFileSync(join(folder, 'firn.config.yaml'), uncommented);
  const read = await firn(['retention', 'policy', '--json'], { cwd: folder });
  assert.equal(read.status, 0, `${read.stderr}\n${uncommented}`);
  const policies = JSON.parse(read.stdout);
  assert.equal(policies.orders.timestamp_column, 'placed');
  assert.deepEqual(policies.orders.lookup_keys, ['customer_id']);
  assert.equal(policies['odd: name'].timestamp_column, 'createdAt');
});

test('with --accept every proposed policy is used; without it the next command offers that', async (t) => {
  const { folder, database } = createIdeas(t);
  rmSync(database);
  using db = new DatabaseSync(database);
  db.exec(`CREATE TABLE job (id INTEGER PRIMARY KEY, created_at TEXT);
           CREATE TABLE job_log (id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES job (id), line TEXT);
           CREATE TABLE links (id INTEGER PRIMARY KEY, visit_count INTEGER, normalized_url TEXT);
           CREATE TABLE mails (id INTEGER PRIMARY KEY, sent_at TEXT);`);
  for (let id = 1; id <= 200; id++) {
    const time = new Date(TEST_NOW - (200 - id) * 86_400_000).toISOString();
    db.prepare('INSERT INTO job VALUES (?, ?)').run(id, time);
    db.prepare('INSERT INTO job_log VALUES (?, ?, ?)').run(id, id, 'done');
  }
  const due = async () => {
    const { stdout } = await firn(['archive', 'all', '--dry-run', '--json'], { cwd: folder });
    return JSON.parse(stdout).total;
  };
  const cautious = await firn(['init', '--db-path', database], { cwd: folder });
  assert.match(cautious.stderr, /next: firn init --accept --force/);
  assert.equal(await due(), 0);
  const accepted = await firn(['init', '--db-path', database, '--accept', '--force'], { cwd: folder });
  assert.equal(accepted.status, 0, accepted.stderr);
  assert.match(accepted.stdout, /managed: job, time column created_at\n {2}managed: job_log/);
  assert.match(
    accepted.stdout,
    /proposed: mails, time column sent_at \(commented out/,
    'it has no rows to judge',
  );
  assert.doesNotMatch(accepted.stdout, /links/);
  assert.match(accepted.stderr, /next: firn archive all --dry-run/);
  assert.equal(await due(), 2 * 168, 'the whole months that are older than 30 days, with their lines');
});

test('a file that is there is not written over unless told to', async (t) => {
  const { folder, database } = createIdeas(t);
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, '# mine\n');
  const refused = await firn(['init', '--config', file, '--db-path', database]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /--force/);
  assert.equal(readFileSync(file, 'utf8'), '# mine\n');
  assert.equal((await firn(['init', '--config', file, '--db-path', database, '--force'])).status, 0);
  assert.match(readFileSync(file, 'utf8'), /preset: observability/);
});

test('without a database nothing is written, and the path is named', async (t) => {
  const { folder } = createIdeas(t);
  const { status, stderr } = await firn(['init', '--db-path', 'no.db'], { cwd: folder });
  assert.equal(status, 1);
  assert.ok(stderr.includes(join(folder, 'no.db')), stderr);
  assert.ok(!existsSync(join(folder, 'firn.config.yaml')));
});

test('beside its own configuration it looks at the database that the configuration names', async (t) => {
  const ideas = createIdeas(t, 'somewhere/else.db');
  const file = join(ideas.folder, 'firn.config.yaml');
  const own = 'database: somewhere/else.db\narchives: packed\n';
  writeFileSync(file, own);
  for (const [argv, world] of [
    [['init', '--print'], { cwd: ideas.folder }],
    [['init', '--print', '--config', file], { cwd: '/' }],
    [['init', '--print'], { cwd: '/', env: { FIRN_CONFIG: file } }],
  ] as const) {
    const { status, stdout, stderr } = await firn(argv, world);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^database: somewhere\/else\.db$/m);
    assert.match(stdout, /^archives: packed$/m);
    assert.match(stdout, /tool_uses: managed by the preset/);
  }
  const refused = await firn(['init'], { cwd: ideas.folder });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /--force/);
  assert.equal(readFileSync(file, 'utf8'), own);
  assert.equal((await firn(['init', '--force'], { cwd: ideas.folder })).status, 0);
  assert.match(readFileSync(file, 'utf8'), /^database: somewhere\/else\.db$/m);
  const other = createIdeas(t);
  const named = await firn(['init', '--print', '--db-path', other.database], { cwd: ideas.folder });
  assert.match(named.stdout, new RegExp(`^database: .*${other.folder.split('/').at(-1)}`, 'm'));
});

test('a broken configuration is not passed over for another database', async (t) => {
  const ideas = createIdeas(t, 'database/ideas.db');
  const file = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(file, 'database: other.db\nhott: 7d\n');
  const { status, stderr } = await firn(['init', '--force'], { cwd: ideas.folder });
  assert.equal(status, 2);
  assert.match(stderr, /unknown key `hott`/);
  assert.equal(readFileSync(file, 'utf8'), 'database: other.db\nhott: 7d\n');
  assert.equal((await firn(['init', '--force', ...ideas.paths], { cwd: ideas.folder })).status, 0);
});

test('on a full disk init leaves no half of a file, and the one that is there as it was', async (t) => {
  const disk = mountTmpfs(64 << 10);
  if (disk.folder === null) return t.skip(`NOT TRIED: ${disk.reason}`);
  t.after(disk.unmount);
  const { database } = createIdeas(t);
  const fill = (): void => {
    rmSync(join(disk.folder, 'filler'), { force: true });
    const { bavail, bsize } = statfsSync(disk.folder);
    writeFileSync(join(disk.folder, 'filler'), new Uint8Array(bavail * bsize));
  };
  const init = async (...more: string[]) => {
    const { status, stderr } = await firn(['init', '--db-path', database, ...more], { cwd: disk.folder });
    assert.equal(status, 1);
    assert.match(stderr, /no space/i);
  };
  fill();
  await init();
  assert.deepEqual(readdirSync(disk.folder), ['filler']);
  rmSync(join(disk.folder, 'filler'));
  const file = join(disk.folder, 'firn.config.yaml');
  writeFileSync(file, '# mine\n');
  fill();
  await init('--force');
  assert.equal(readFileSync(file, 'utf8'), '# mine\n');
});
