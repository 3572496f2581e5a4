import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../cli/ideas.ts';
import { firn, TEST_NOW } from '../cli/world.ts';

/** Written for others to read: they hold no row. */
const PUBLIC = ['firn.config.yaml', 'firn.prom'];

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

for (const umask of [0o000, 0o022, 0o077]) {
  test(`whatever a command creates is for its owner alone, with umask ${umask.toString(8)}`, async (t) => {
    const ideas = createIdeas(t);
    chmodSync(ideas.database, 0o644);
    const before = process.umask(umask);
    t.after(() => process.umask(before));
    const at = (name: string) => join(ideas.folder, name);
    const late = { now: TEST_NOW + 120 * 86_400_000 };
    for (const words of [
      ['archive', 'tool_uses'],
      ['search', '--table', 'tool_uses', '--count'],
      ['hold', 'add', '--table', 'tool_uses', '--where', 'id=t00', '--reason', 'why'],
      ['erase', '--table', 'tool_uses', '--where', 'id=t05', '--yes'],
      ['restore', 'tool_uses', '--into', at('out.db')],
      ['restore', 'tool_uses', '--where', 'id=t07', '--into', 'hot'],
      ['export', 'tool_uses', '--output', at('out.jsonl')],
      ['export', 'tool_uses', '--format', 'csv', '--output', at('out.csv')],
      ['export', 'tool_uses', '--format', 'parquet', '--output', at('out.parquet')],
      ['job', '--mode', 'full', '--output', at('job.json')],
      ['metrics', '--output', at('firn.prom')],
      ['pause', '--for', '2h'],
      ['resume'],
      ['verify', '--deep'],
      ['cleanup', 'archives', '--yes'],
      ['reclaim'],
      ['rebuild'],
      ['init', '--config', at('firn.config.yaml')],
    ]) {
      const { status, stderr } = await firn([...words, ...ideas.paths], words[0] === 'cleanup' ? late : {});
      assert.ok(status === 0 || status === 3, `${words.join(' ')}: ${stderr}`);
    }
    const files = filesOf(ideas.folder).filter((name) => !/^ideas\.db(-wal|-shm)?$/.test(name));
    for (const name of ['out.db', 'out.parquet', 'job.json', 'ideas.db.firn-lock', 'archives/.firn-lock'])
      assert.ok(files.includes(name), name);
    assert.ok(files.some((name) => name.startsWith('archives/erasures/')));
    assert.ok(files.some((name) => name.startsWith('archives/cold/')));
    const open = files.filter((name) => (statSync(at(name)).mode & 0o077) !== 0);
    assert.deepEqual(
      open.filter((name) => !PUBLIC.includes(name)),
      [],
    );
  });
}

/** Names that must not be written to, each made for the test, and what the message has to say. */
function forbidden({ folder, database, archives }: Ideas): readonly (readonly [string, RegExp])[] {
  const at = (name: string) => join(folder, name);
  symlinkSync(database, at('symbolic.db'));
  linkSync(database, at('hard.db'));
  symlinkSync(at('nowhere'), at('dangling.db'));
  execFileSync('mkfifo', [at('pipe')]);
  mkdirSync(at('folder'));
  writeFileSync(at('other.db'), '');
  symlinkSync(archives, at('way'));
  const segment = filesOf(archives).find((name) => name.startsWith('warm/'))!;
  linkSync(join(archives, segment), at('hard-segment'));
  symlinkSync(join(archives, segment), at('symbolic-segment'));
  return [
    [database, /the path is the live database/],
    [at('symbolic.db'), /the path is the live database/],
    [at('hard.db'), /the path is the live database/],
    ...['-wal', '-shm', '-journal', '.firn-lock', '.firn-scheduler', '.firn-lock-journal'].map(
      (suffix) => [`${database}${suffix}`, /belongs to the database/] as const,
    ),
    [`${at('other.db')}-wal`, /belongs to the database/],
    [`${at('symbolic.db')}-wal`, /belongs to the database|symbolic/],
    [archives, /folder|in the archive/],
    [join(archives, 'new.db'), /in the archive/],
    [join(archives, segment), /in the archive/],
    [join(archives, '.firn-lock'), /in the archive/],
    [join(at('way'), 'new.db'), /in the archive/],
    [at('symbolic-segment'), /in the archive/],
    [at('folder'), /folder/],
    [at('pipe'), /device, a pipe or a socket/],
    ['/dev/null', /device, a pipe or a socket/],
    [at('dangling.db'), /link to a file that does not exist/],
    [at('no/such/x.db'), /folder not found: .*no\/such/],
    [`${database}/x.db`, /not a folder/],
    ['', /./],
  ];
}

const WRITING: readonly ((path: string) => readonly string[])[] = [
  (path) => ['restore', 'tool_uses', '--into', path],
  (path) => ['restore', 'tool_uses', '--dry-run', '--into', path],
  (path) => ['export', 'tool_uses', '--output', path],
  (path) => ['export', 'tool_uses', '--format', 'parquet', '--output', path],
  (path) => ['job', '--mode', 'daily', '--output', path],
  (path) => ['metrics', '--output', path],
];

/** Every file of the folder but lock files, by its bytes. */
function photograph(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesOf(folder)
      .filter((name) => !/firn-lock|-shm$|-wal$/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

for (const [at, command] of WRITING.entries()) {
  test(`firn ${command('FILE').join(' ')} refuses what is not a file of the user's own, and touches nothing`, async (t) => {
    const ideas = await archived(t);
    const cases = forbidden(ideas);
    const before = photograph(ideas.folder);
    for (const [path, message] of cases) {
      if (path === '' && at > 1) continue;
      const { status, stderr } = await firn([...command(path), ...ideas.paths], { cwd: ideas.folder });
      assert.ok(status === 1 || status === 2, `${path}: ${status} ${stderr}`);
      assert.match(stderr, message, path);
      assert.doesNotMatch(stderr, /unexpected/, path);
    }
    assert.deepEqual(photograph(ideas.folder), before);
    assert.equal(existsSync(join(ideas.folder, 'nowhere')), false);
  });
}

test('a restore does not change the other names of a file', async (t) => {
  const ideas = await archived(t);
  const [mine, other] = [join(ideas.folder, 'mine.db'), join(ideas.folder, 'other-name.db')];
  assert.equal((await firn(['restore', 'tool_uses', '--into', mine, ...ideas.paths])).status, 0);
  linkSync(mine, other);
  const segment = filesOf(ideas.archives).find((name) => name.startsWith('warm/'))!;
  linkSync(join(ideas.archives, segment), join(ideas.folder, 'hard-segment'));
  for (const path of [mine, join(ideas.folder, 'hard-segment')]) {
    const { status, stderr } = await firn(['restore', 'tool_uses', '--into', path, ...ideas.paths]);
    assert.equal(status, 1);
    assert.match(stderr, /2 hard links/);
  }
});

test('an answer that is there keeps its mode, a link of the temporary name is not followed', async (t) => {
  const ideas = await archived(t);
  const [path, victim] = [join(ideas.folder, 'job.json'), join(ideas.folder, 'victim')];
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(ideas.folder, '.job.json.firn-tmp'));
  assert.equal((await firn(['job', '--output', path, ...ideas.paths])).status, 0);
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).mode, 'daily');
  assert.equal(readFileSync(victim, 'utf8'), 'precious');
});

test('what the cron entries write is for their owner alone', async (t) => {
  const ideas = createIdeas(t, 'cron/ideas.db');
  const logs = join(ideas.folder, 'logs');
  const { stdout } = await firn(['schedule', 'cron', '--log-folder', logs, ...ideas.paths]);
  const entry = stdout.split('\n').find((line) => line.includes('--mode daily'))!;
  const command = entry.slice('0 2 * * * '.length).replaceAll('\\%', '%').replace('--jitter 10min', '');
  const { status } = spawnSync('sh', ['-c', `umask 0; ${command}`], { env: { PATH: '/usr/bin:/bin' } });
  assert.equal(status, 0);
  assert.equal(statSync(logs).mode & 0o777, 0o700);
  assert.equal(statSync(join(logs, 'daily.log')).mode & 0o777, 0o600);
});

async function archived(t: TestContext): Promise<Ideas> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'tool_uses', '--older-than', '20d', ...ideas.paths])).status, 0);
  return ideas;
}
