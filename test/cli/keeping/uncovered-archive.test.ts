import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome, TEST_NOW } from '../world.ts';

interface Older extends Ideas {
  run(...argv: string[]): Promise<Outcome>;
  at(now: number, ...argv: string[]): Promise<Outcome>;
  /** A copy of the database as it is now; what it returns puts it back. */
  backup(): () => void;
}

function older(t: TestContext): Older {
  const ideas = createIdeas(t);
  const at = (now: number, ...argv: string[]) => firn([...argv, ...ideas.paths], { now });
  return {
    ...ideas,
    at,
    run: (...argv) => at(TEST_NOW, ...argv),
    backup: () => {
      using db = new DatabaseSync(ideas.database);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      const copy = join(ideas.folder, 'copy.db');
      copyFileSync(ideas.database, copy);
      return () => {
        for (const end of ['-wal', '-shm']) rmSync(ideas.database + end, { force: true });
        copyFileSync(copy, ideas.database);
      };
    },
  };
}

const LOOKS = ['verify', 'status --check', 'retention status --check', 'search --table tool_uses'];

async function statuses({ run }: Older): Promise<unknown> {
  const found = [];
  for (const words of LOOKS) found.push((await run(...words.split(' '))).status);
  const { stdout } = await run('metrics');
  const alarms = Number(/^firn_integrity_alarms (\d+)$/m.exec(stdout)?.[1]);
  return [...found, Math.sign(alarms)];
}

const WELL = [0, 0, 0, 0, 0];
const ALARM = [5, 5, 1, 5, 1];

for (const tier of ['warm', 'cold']) {
  test(`segments in ${tier} that an older database does not list are an alarm everywhere, until a run takes them in`, async (t) => {
    const world = older(t);
    assert.equal((await world.run('job', '--mode', 'full')).status, 0);
    const putBack = world.backup();
    assert.equal((await world.run('archive', 'tool_uses', '--older-than', '4d')).status, 0);
    if (tier === 'cold') await world.run('cleanup', 'archives', '--consolidate-only', '--older-than', '0d');
    assert.deepEqual(await statuses(world), WELL);
    putBack();
    assert.deepEqual(await statuses(world), ALARM);

    const json = JSON.parse((await world.run('verify', '--json')).stdout);
    assert.ok(!json.ok && json.alarms.length > 1);
    for (const alarm of json.alarms) {
      assert.deepEqual([alarm.kind, alarm.path.split('/')[0]], ['uncovered', tier]);
      assert.match(alarm.what, /^the ledger does not list this segment, .* Run: firn archive all$/);
    }
    const { stderr } = await world.run('search', '--table', 'tool_uses');
    assert.ok(stderr.includes(json.alarms[0].what), stderr);
    assert.match((await world.run('status')).stdout, /Run: firn archive all/);

    assert.equal((await world.run('archive', 'all')).status, 0);
    assert.deepEqual(await statuses(world), WELL);
    assert.deepEqual((await world.run('verify', '--deep')).status, 0);
  });
}

test('an older database that lists purged segments as archived is an alarm until a run has caught up', async (t) => {
  const world = older(t);
  await world.run('archive', 'all');
  const putBack = world.backup();
  const later = TEST_NOW + 3000 * 86_400_000;
  assert.equal((await world.at(later, 'cleanup', 'archives', '--purge-only', '--yes')).status, 0);
  putBack();
  const verified = await world.run('verify', '--json');
  const { alarms } = JSON.parse(verified.stdout);
  assert.deepEqual(
    [verified.status, alarms.map(({ kind }: { kind: string }) => kind)],
    [5, ['uncovered']],
    verified.stdout,
  );
  assert.match(alarms[0].what, /older than the archive.* Run: firn archive all/);
  assert.equal((await world.run('status', '--check')).status, 5);
  assert.equal((await world.run('cleanup', 'archives', '--consolidate-only')).status, 0);
  assert.equal((await world.run('verify')).status, 0);
  assert.equal((await world.run('search', '--table', 'tool_uses')).status, 0);
});

test('beside another database’s archive the one alarm is that it is not this database’s', async (t) => {
  const world = older(t);
  await world.run('archive', 'all');
  const other = older(t);
  await other.run('archive', 'all');
  const mixed = ['--db-path', world.database, '--archive-path', other.archives];
  const { status, stdout } = await firn(['verify', '--json', ...mixed], { now: TEST_NOW });
  const kinds = JSON.parse(stdout).alarms.map(({ kind }: { kind: string }) => kind);
  assert.deepEqual([status, kinds.includes('uncovered')], [5, false]);
});
