import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome, TEST_NOW } from '../world.ts';

const FILE = 'warm/2026-05-05/tool_uses.jsonl.gz';
const DAY = 86_400_000;

interface Kept extends Ideas {
  readonly path: string;
  readonly whole: Buffer;
  /** Written by the failure hook. */
  readonly heard: string;
  run(...argv: string[]): Promise<Outcome>;
  at(now: number, ...argv: string[]): Promise<Outcome>;
}

/** An archive of 21 segments, and a copy of one of them. */
async function archived(t: TestContext): Promise<Kept> {
  const ideas = createIdeas(t);
  const heard = join(ideas.folder, 'heard.json');
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, `hooks:\n  on_failure:\n    command: cat > '${heard}'\n`);
  const paths = [...ideas.paths, '--config', config];
  assert.equal((await firn(['job', '--mode', 'full', ...paths])).status, 0);
  const path = join(ideas.archives, FILE);
  const at = (now: number, ...argv: string[]) => firn([...argv, ...paths], { now, env: { USER: 'ada' } });
  const run = (...argv: string[]) => at(TEST_NOW, ...argv);
  return { ...ideas, path, whole: readFileSync(path), heard, at, run };
}

/** Same size, same footer: only reading the bytes tells. */
function damage({ path, whole }: Kept): void {
  const bytes = Buffer.from(whole);
  bytes[40]! ^= 1;
  writeFileSync(path, bytes);
}

async function statuses(kept: Kept): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const words of ['status --check', 'retention status --check', 'verify', 'job'])
    found[words] = (await kept.run(...words.split(' '))).status;
  const { stdout } = await kept.run('metrics');
  found.alarms = Number(/^firn_alarms\{state="open"\} (\d+)$/m.exec(stdout)?.[1]);
  found.integrity = Number(/^firn_integrity_alarms (\d+)$/m.exec(stdout)?.[1]);
  return found;
}

const QUIET = {
  ...{ 'status --check': 0, 'retention status --check': 0, verify: 0, job: 0 },
  ...{ alarms: 0, integrity: 0 },
};
const ALARMED = {
  ...{ 'status --check': 5, 'retention status --check': 1, verify: 5, job: 5 },
  ...{ alarms: 1, integrity: 1 },
};

test('damage that a deep verification found stays an alarm everywhere until the file is verified', async (t) => {
  const kept = await archived(t);
  assert.deepEqual(await statuses(kept), QUIET);
  damage(kept);
  assert.deepEqual(await statuses(kept), QUIET, 'nobody has read it yet');
  assert.equal((await kept.run('verify', '--deep')).status, 5);
  assert.deepEqual(await statuses(kept), ALARMED);

  const plain = await kept.run('verify');
  assert.match(plain.stdout, /1 problem found earlier and not resolved:\n.*2026-05-05\/tool_uses/);
  assert.doesNotMatch(plain.stdout, /No problems found/);
  const json = JSON.parse((await kept.run('verify', '--json')).stdout);
  assert.deepEqual([json.ok, json.alarms.length, json.earlier[0].path], [false, 0, FILE]);
  assert.match((await kept.run('status')).stdout, /alarm 2026-05-05\/tool_uses/);
  rmSync(kept.heard);
  const job = await kept.run('job', '--mode', 'daily');
  assert.deepEqual([job.status, JSON.parse(job.stdout).outcome], [5, 'integrity']);
  assert.match(JSON.parse(readFileSync(kept.heard, 'utf8')).run.message, /2026-05-05\/tool_uses/);

  // Back from a backup: nobody has verified it yet.
  writeFileSync(kept.path, kept.whole);
  assert.equal((await kept.run('verify')).status, 5);
  assert.equal((await kept.run('status', '--check')).status, 5);
  const deep = await kept.run('verify', '--deep');
  assert.deepEqual([deep.status, /No problems found\./.test(deep.stdout)], [0, true]);
  assert.deepEqual(await statuses(kept), QUIET);
});

test('a changing run verifies a file with an alarm once more: put back, it is an alarm no longer', async (t) => {
  const kept = await archived(t);
  damage(kept);
  await kept.run('verify', '--deep');
  assert.equal((await kept.run('archive', 'all')).status, 5);
  writeFileSync(kept.path, kept.whole);
  assert.equal((await kept.run('archive', 'all')).status, 0);
  assert.deepEqual(await statuses(kept), QUIET);
});

test('whatever finds it records it: a sample, a cleanup, a quick look, a restore, an erasure', async (t) => {
  const ways: readonly (readonly [string, (kept: Kept) => Promise<Outcome>])[] = [
    ['verify --sample', (kept) => kept.run('verify', '--sample', '100%')],
    ['cleanup', (kept) => kept.run('cleanup', 'archives', '--older-than', '0d')],
    ['restore', (kept) => kept.run('restore', 'tool_uses', '--into', 'hot')],
    ['erase', (kept) => kept.run('erase', '--table', 'tool_uses', '--where', 'tool=bash', '--yes')],
  ];
  for (const [name, way] of ways) {
    const kept = await archived(t);
    damage(kept);
    assert.equal((await way(kept)).status, 5, name);
    assert.equal((await kept.run('status', '--check')).status, 5, name);
    assert.equal((await kept.run('verify')).status, 5, name);
  }
  const kept = await archived(t);
  rmSync(kept.path);
  assert.equal((await kept.run('verify')).status, 5);
  writeFileSync(kept.path, kept.whole);
  assert.equal((await kept.run('status', '--check')).status, 5, 'the quick look has recorded it');
  assert.equal((await kept.run('verify', '--deep')).status, 0);
  assert.equal((await kept.run('status', '--check')).status, 0);
});

test('a person acknowledges an alarm with a reason: it stays listed, and is none any more', async (t) => {
  const kept = await archived(t);
  damage(kept);
  await kept.run('verify', '--deep');
  assert.equal((await kept.run('verify', '--acknowledge', FILE)).status, 2);
  assert.equal((await kept.run('verify', '--acknowledge', FILE, '--reason', ' ')).status, 2);
  const unknown = await kept.run('verify', '--acknowledge', 'warm/x', '--reason', 'why not');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, new RegExp(FILE));
  assert.deepEqual(await statuses(kept), ALARMED);

  const done = await kept.run('verify', '--acknowledge', FILE, '--reason', 'lost with disk 3');
  assert.equal(done.status, 0);
  assert.deepEqual(await statuses(kept), QUIET);
  for (const words of ['status', 'retention status', 'verify', 'verify --deep']) {
    const { stdout, status } = await kept.run(...words.split(' '));
    assert.match(stdout, /acknowledged .*2026-05-05.*by ada: lost with disk 3/, words);
    assert.equal(status, 0, words);
  }
  const { stdout } = await kept.run('status', '--json');
  assert.deepEqual(
    JSON.parse(stdout).acknowledged.map((alarm: Record<string, unknown>) => [alarm.path, alarm.reason]),
    [[FILE, 'lost with disk 3']],
  );
  assert.match((await kept.run('metrics')).stdout, /^firn_alarms\{state="acknowledged"\} 1$/m);

  // That the file is gone altogether is news.
  rmSync(kept.path);
  assert.equal((await kept.run('status', '--check')).status, 5);
  assert.equal((await kept.run('archive', 'all')).status, 5);
  // And once it is whole again there is nothing left to acknowledge.
  mkdirSync(dirname(kept.path), { recursive: true });
  writeFileSync(kept.path, kept.whole);
  assert.equal((await kept.run('verify', '--deep')).status, 0);
  assert.deepEqual(JSON.parse((await kept.run('status', '--json')).stdout).acknowledged, []);
});

test('a purge resolves the alarm about what it purged', async (t) => {
  const kept = await archived(t);
  damage(kept);
  await kept.run('verify', '--deep');
  const later = Date.UTC(2030, 0, 1);
  const cleanup = await kept.at(later, 'cleanup', 'archives', '--purge-only', '--yes');
  assert.equal(cleanup.status, 5, 'it was still open when the run began');
  assert.ok(!existsSync(kept.path));
  assert.equal((await kept.at(later, 'verify')).status, 0);
  assert.equal((await kept.at(later, 'verify', '--deep')).status, 0);
});

test('a mistyped archive path leaves no alarm behind, and a database that cannot be written is told of', async (t) => {
  const kept = await archived(t);
  const wrong = join(kept.folder, 'elsewhere');
  const paths = ['--db-path', kept.database, '--archive-path', wrong];
  const lost = await firn(['verify', ...paths]);
  assert.equal(lost.status, 5);
  assert.match(lost.stdout, /could not be recorded/);
  assert.deepEqual(await statuses(kept), QUIET);

  rmSync(kept.path);
  const db = new DatabaseSync(kept.database);
  db.exec('BEGIN IMMEDIATE');
  try {
    const found = await kept.run('verify');
    assert.equal(found.status, 5);
    assert.match(found.stdout, /could not be recorded, so firn status does not show them: .*locked/);
  } finally {
    db.close();
  }
});

test('a deep verification that is stopped says how far it came, and exits 3', async (t) => {
  const kept = await archived(t);
  const world = { signal: AbortSignal.abort('SIGINT') };
  const text = await firn(['verify', '--deep', ...kept.paths], world);
  assert.equal(text.status, 3);
  assert.match(text.stdout, /STOPPED after 0 of 21 segments, 0 B of /);
  assert.match(text.stdout, /Stopped: stop requested\. .*The rest was not verified/);
  assert.doesNotMatch(text.stdout, /No problems found|every byte|every key/);
  const { stdout, status } = await firn(['verify', '--deep', '--json', ...kept.paths], world);
  const json = JSON.parse(stdout);
  assert.deepEqual(
    [status, json.complete, json.ok, json.stopped, json.checked, json.chosen.segments],
    [3, false, false, 'stop requested', { segments: 0, bundles: 0, rows: 0, bytes: 0 }, 21],
  );
  for (const more of [['--sample', '50%'], []]) {
    const other = await firn(['verify', ...more, ...kept.paths], world);
    assert.deepEqual([other.status, /No problems found/.test(other.stdout)], [3, false], more.join(' '));
  }
  damage(kept);
  await kept.run('verify', '--deep');
  assert.equal((await firn(['verify', '--deep', ...kept.paths], world)).status, 5, 'alarms stay');
});

test('a verification that goes on with an earlier one does not claim to have read all bytes', async (t) => {
  const kept = await archived(t);
  await kept.run('verify', '--deep');
  const { stdout, status } = await kept.at(TEST_NOW + DAY, 'verify', '--deep', '--not-proved-for', '7d');
  assert.equal(status, 0);
  assert.match(stdout, /except 21 segments verified recently/);
  assert.match(stdout, /No problems found in what was read\./);
});

test('the files are verified without the database: lost, damaged or healthy', async (t) => {
  const kept = await archived(t);
  const identity = JSON.parse(readFileSync(join(kept.archives, 'archive.json'), 'utf8')).database;
  const only = async (...argv: string[]) => await kept.run('verify', '--archives-only', ...argv);
  const before = readFileSync(kept.database);
  for (const state of ['healthy', 'damaged', 'lost']) {
    if (state === 'damaged') writeFileSync(kept.database, Buffer.alloc(8192, 'x'));
    if (state === 'lost') rmSync(kept.database);
    for (const how of [[], ['--deep']]) {
      writeFileSync(kept.path, kept.whole);
      const whole = await only(...how, '--json');
      const json = JSON.parse(whole.stdout);
      assert.deepEqual(
        [whole.status, json.archives_only, json.complete, json.ok, json.checked.segments, json.checked.rows],
        [0, true, true, true, 21, 21],
        state,
      );
      assert.ok(json.notes.some((note: string) => note.includes(identity)));
      assert.equal(json.checked.bytes > 0, how.length > 0);
    }
    damage(kept);
    const deep = await only('--deep');
    assert.equal(deep.status, 5);
    assert.match(deep.stdout, /2026-05-05\/tool_uses/);
    assert.equal((await only()).status, 0, 'the footer is whole');
    writeFileSync(kept.path, kept.whole.subarray(0, 100));
    assert.equal((await only()).status, 5);
    if (state === 'healthy') continue;
    for (const how of [[], ['--deep']]) {
      const { status, stderr } = await kept.run('verify', ...how);
      assert.equal(status, 1);
      assert.match(stderr, /firn verify --archives-only/);
    }
  }
  writeFileSync(kept.database, before);
});

test('bundles are verified without the database too, and a place without an archive is no archive', async (t) => {
  const kept = await archived(t);
  await kept.run('cleanup', 'archives', '--older-than', '0d');
  renameSync(kept.database, `${kept.database}.away`);
  const bundle = join(kept.archives, 'cold/2026/2026-05.tar.gz');
  const whole = readFileSync(bundle);
  const { status, stdout } = await kept.run('verify', '--archives-only', '--deep', '--json');
  assert.deepEqual([status, JSON.parse(stdout).checked.bundles, JSON.parse(stdout).checked.rows], [0, 1, 21]);
  for (const at of [3, 700, whole.length >> 1, whole.length - 3]) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    writeFileSync(bundle, bytes);
    assert.equal((await kept.run('verify', '--archives-only', '--deep')).status, 5, `byte ${at}`);
  }
  const nothing = await firn(['verify', '--archives-only', '--archive-path', join(kept.folder, 'nothing')]);
  assert.equal(nothing.status, 1);
  assert.match(nothing.stderr, /archive not found/);
  const stopped = await firn(['verify', '--archives-only', '--deep', ...kept.paths], {
    signal: AbortSignal.abort(),
  });
  assert.deepEqual([stopped.status, /as they were sealed/.test(stopped.stdout)], [5, false]);
});
