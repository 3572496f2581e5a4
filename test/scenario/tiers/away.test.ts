import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../../cli/ideas.ts';
import { firn, type Outcome, TEST_NOW } from '../../cli/world.ts';

const HOUR_MS = 3_600_000;

/** The small database of the command line's tests, with an archive on two disks. */
class TwoDisks {
  readonly ideas: Ideas;
  readonly warm: string;
  readonly cold: string;
  #now = TEST_NOW;

  constructor(t: TestContext) {
    this.ideas = createIdeas(t);
    [this.warm, this.cold] = [join(this.ideas.folder, 'near'), join(this.ideas.folder, 'far')];
    this.configure({ warm: 'near', cold: 'far' });
  }

  configure(archives: string | { readonly warm: string; readonly cold: string }): void {
    const text = `database: ideas.db\narchives: ${JSON.stringify(archives)}\n`;
    writeFileSync(join(this.ideas.folder, 'firn.config.yaml'), text);
  }

  /** Each command an hour after the one before. */
  async run(...argv: string[]): Promise<Outcome> {
    this.#now += HOUR_MS;
    return await firn(argv, { cwd: this.ideas.folder, now: this.#now });
  }

  /** Exit status and the whole text. */
  async say(...argv: string[]): Promise<readonly [number, string]> {
    const { status, stdout, stderr } = await this.run(...argv);
    return [status, stdout + stderr];
  }

  /** Archives ten days and bundles them, then archives the rest. */
  async fill(): Promise<this> {
    assert.equal((await this.run('archive', 'tool_uses', '--older-than', '20d')).status, 0);
    assert.equal((await this.run('cleanup', 'archives', '--older-than', '1d')).status, 0);
    assert.equal((await this.run('archive', 'all', '--older-than', '10d')).status, 0);
    assert.deepEqual(readdirSync(join(this.cold, 'cold/2026')), ['2026-05.tar.gz']);
    return this;
  }

  /** Takes a disk away, and leaves the folder where it was mounted. */
  unmount(disk: string): void {
    renameSync(disk, `${disk}.off`);
    mkdirSync(disk);
  }

  mount(disk: string): void {
    assert.deepEqual(readdirSync(disk), [], 'nothing was made where the disk was mounted');
    rmSync(disk, { recursive: true });
    renameSync(`${disk}.off`, disk);
  }

  async ids(): Promise<string[]> {
    const argv = ['search', '--table', 'tool_uses', '--limit', '100', '--format', 'jsonl'];
    const { stdout } = await this.run(...argv);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).row.id as string)
      .sort();
  }
}

const ALL = Array.from({ length: 30 }, (_, n) => `t${String(n).padStart(2, '0')}`);

test('months move to another disk, and every command works over both', async (t) => {
  const disks = await new TwoDisks(t).fill();
  assert.deepEqual(await disks.ids(), ALL);
  const { stdout } = await disks.run('retention', 'status', '--json');
  const { warm, cold } = JSON.parse(stdout).archives;
  assert.deepEqual([warm.location, warm.away], [disks.warm, null]);
  assert.deepEqual([cold.location, cold.away, cold.total_files], [disks.cold, null, 1]);
  assert.ok(existsSync(join(disks.cold, 'archive.json')));
  for (const argv of [['verify', '--deep'], ['verify', 'cold/2026/2026-05.tar.gz'], ['rebuild']])
    assert.equal((await disks.run(...argv)).status, 0, argv.join(' '));
  assert.equal((await disks.run('erase', '--table', 'tool_uses', '--where', 'id=t03', '--yes')).status, 0);
  const left = ALL.filter((id) => id !== 't03');
  assert.deepEqual(await disks.ids(), left);
  assert.equal(
    (await disks.run('restore', 'tool_uses', '--where', 'id=t04', '--into', 'hot', '--for', '2h')).status,
    0,
  );
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.deepEqual(await disks.ids(), left);
});

test('with the cold disk away archiving goes on, and everything else names it and changes nothing of cold', async (t) => {
  const disks = await new TwoDisks(t).fill();
  disks.unmount(disks.cold);
  const away = new RegExp(`${disks.cold}: .*location of the cold archives is away`);
  const [status, text] = await disks.say('archive', 'all', '--older-than', '5d');
  assert.match(text, /Total: [1-9]\d* records/);
  assert.match(text, away);
  assert.equal(status, 5);
  const waits: Record<string, readonly [number, string, ...string[]]> = {
    cleanup: [5, 'cleanup', 'archives', '--older-than', '1d'],
    search: [5, 'search', '--table', 'tool_uses', '--limit', '100'],
    sql: [5, 'sql', 'SELECT count(*) FROM tool_uses'],
    explain: [5, 'explain', 'tool_uses', 't00'],
    timeline: [5, 'timeline', 'execution_id=run-0'],
    export: [5, 'export', 'tool_uses', '--output', join(disks.ideas.folder, 'out.jsonl')],
    restore: [5, 'restore', 'tool_uses', '--into', join(disks.ideas.folder, 'out.db')],
    erase: [5, 'erase', '--table', 'tool_uses', '--where', 'id=t00', '--yes'],
    verify: [5, 'verify'],
    deep: [5, 'verify', '--deep'],
    bundle: [5, 'verify', 'cold/2026/2026-05.tar.gz'],
    alone: [5, 'verify', '--archives-only'],
    status: [5, 'status', '--check'],
    retention: [1, 'retention', 'status', '--check'],
    files: [5, 'retention', 'files'],
    doctor: [1, 'doctor'],
  };
  for (const [what, [expected, ...argv]] of Object.entries(waits)) {
    const [found, said] = await disks.say(...argv);
    assert.equal(found, expected, `${what}: ${said}`);
    assert.match(said.replaceAll(/\s+/g, ' '), /location of the cold archives is away/, what);
  }
  const [rebuilt, why] = await disks.say('rebuild');
  assert.equal(rebuilt, 1);
  assert.match(why, /location of the cold archives is away/);
  assert.deepEqual((await disks.ids()).length, 22, 'what is there is found');
  assert.match((await disks.say('metrics'))[1], /^firn_archive_up\{tier="cold"\} 0$/m);

  disks.mount(disks.cold);
  assert.deepEqual(await disks.ids(), ALL);
  const [again, healthy] = await disks.say('archive', 'all');
  assert.equal(again, 0, healthy);
  const { stdout } = await disks.run('status', '--json');
  assert.deepEqual(JSON.parse(stdout).open_alarms, []);
  assert.equal((await disks.run('cleanup', 'archives', '--older-than', '1d')).status, 0);
  assert.equal((await disks.run('verify', '--deep')).status, 0);
  assert.deepEqual(await disks.ids(), ALL);
});

test('with the warm disk away cold is searched, and what changes things fails in words', async (t) => {
  const disks = await new TwoDisks(t).fill();
  disks.unmount(disks.warm);
  for (const argv of [['archive', 'all'], ['cleanup', 'archives'], ['verify', '--deep'], ['rebuild']]) {
    const [status, text] = await disks.say(...argv);
    assert.equal(status, 1, text);
    assert.match(text, /location of the warm archives is away/);
  }
  for (const argv of [
    ['verify'],
    ['verify', '--archives-only'],
    ['status', '--check'],
    ['explain', 'tool_uses', 't00'],
    ['sql', 'SELECT count(*) FROM tool_uses'],
  ]) {
    const [status, text] = await disks.say(...argv);
    assert.equal(status, 5, text);
    assert.match(text, /location of the warm archives is away/);
  }
  const found = await disks.ids();
  assert.ok(found.includes('t00') && found.includes('t29') && !found.includes('t15'), found.join());
  disks.mount(disks.warm);
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.deepEqual(await disks.ids(), ALL);
});

test('a database that is older than the archive archives nothing while the cold disk is away', async (t) => {
  const disks = new TwoDisks(t);
  assert.equal((await disks.run('archive', 'tool_uses', '--older-than', '25d')).status, 0);
  const { database } = disks.ideas;
  const copy = await import('node:sqlite').then(async ({ backup, DatabaseSync }) => {
    using db = new DatabaseSync(database);
    await backup(db, `${database}.old`);
    return `${database}.old`;
  });
  await disks.fill();
  for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true });
  renameSync(copy, database);
  disks.unmount(disks.cold);
  const [status, text] = await disks.say('archive', 'all');
  assert.equal(status, 1, text);
  assert.match(text, /This database is older than the archive, so Firn needs the bundles/);
  disks.mount(disks.cold);
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.deepEqual(await disks.ids(), ALL);
});

test('an archive whose configuration changes from one location to two, and back, says which folder to move', async (t) => {
  const disks = new TwoDisks(t);
  disks.configure('near');
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.equal((await disks.run('cleanup', 'archives', '--older-than', '1d')).status, 0);
  disks.configure({ warm: 'near', cold: 'far' });
  const [status, text] = await disks.say('archive', 'all');
  assert.equal(status, 5);
  assert.ok(text.includes(`Move the folder ${disks.warm}/cold to ${disks.cold}.`), text);
  assert.equal(existsSync(disks.cold), false);
  mkdirSync(disks.cold);
  cpSync(join(disks.warm, 'cold'), join(disks.cold, 'cold'), { recursive: true });
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.deepEqual(await disks.ids(), ALL);
  const [sound, copied] = await disks.say('verify', '--deep');
  assert.equal(sound, 0, copied);
  assert.match(copied.replaceAll(/\s+/g, ' '), /near\/cold has 1 file that Firn does not use/);
  rmSync(join(disks.warm, 'cold'), { recursive: true });

  disks.configure('near');
  const [back, words] = await disks.say('archive', 'all');
  assert.equal(back, 5, words);
  assert.ok(words.includes(`move the folder ${disks.cold}/cold to ${disks.warm}`), words);
  assert.equal((await disks.run('search', '--table', 'tool_uses', '--limit', '1')).status, 5);
  renameSync(join(disks.cold, 'cold'), join(disks.warm, 'cold'));
  assert.equal((await disks.run('archive', 'all')).status, 0);
  assert.equal((await disks.run('verify', '--deep')).status, 0);
  assert.deepEqual(await disks.ids(), ALL);
});

test("a cold location that is another database's is refused before anything changes", async (t) => {
  const [mine, others] = [await new TwoDisks(t).fill(), await new TwoDisks(t).fill()];
  mine.configure({ warm: 'near', cold: others.cold });
  const [status, text] = await mine.say('archive', 'all', '--older-than', '0d');
  assert.equal(status, 1, text);
  assert.match(text, /the location of the cold archives, .*, is another database's/);
  const [found, said] = await mine.say('search', '--table', 'tool_uses');
  assert.equal(found, 5, said);
  assert.deepEqual(await others.ids(), ALL);
});

test('two copies of a database with warm archives of their own are told apart at the cold location they share', async (t) => {
  const disks = await new TwoDisks(t).fill();
  const twin = new TwoDisks(t);
  for (const end of ['', '-wal', '-shm']) rmSync(twin.ideas.database + end, { force: true });
  const { backup, DatabaseSync } = await import('node:sqlite');
  {
    using db = new DatabaseSync(disks.ideas.database);
    await backup(db, twin.ideas.database);
  }
  cpSync(disks.warm, twin.warm, { recursive: true });
  twin.configure({ warm: 'near', cold: disks.cold });
  assert.equal((await disks.run('archive', 'all', '--older-than', '5d')).status, 0);
  const [status, text] = await twin.say('archive', 'all', '--older-than', '5d');
  assert.equal(status, 1, text);
  assert.match(text, /this database is a copy of .*ideas.db, which was the last to change the archive/);
  assert.deepEqual(await disks.ids(), ALL);
});
