import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { ModelServer } from '../../support/s3/model/model-server.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { S3Trial } from '../bucket/s3-trial.ts';

const START = Date.UTC(2026, 2, 1);
const UNTIL = Date.UTC(2026, 5, 1);
const ONLY = 'exempt: [transcript_entries, skill_traces, assertion_results, assertion_chains]\n';

interface Locked extends AsyncDisposable {
  readonly model: S3Model;
  readonly trial: S3Trial;
  /** Changes what the lock of each object below a key is. */
  lock(part: string, retainUntil: number | null): void;
  keys(part: string): string[];
}

async function lockedTrial(): Promise<Locked> {
  const model = new S3Model({ now: () => START, objectLock: true });
  const server = await ModelServer.start(model);
  const trial = new S3Trial(server.access, { start: START });
  trial.configure(ONLY);
  const { status, stderr } = await trial.firn(['archive', 'all']);
  assert.equal(status, 0, stderr);
  const keys = (part: string) => model.state.keys().filter((key) => key.includes(part));
  return {
    ...{ model, trial, keys },
    lock: (part, retainUntil) => {
      for (const key of keys(part)) {
        const versions = model.state.objects.get(key)!;
        model.state.replaceVersions(
          key,
          versions.map((version) => ({ ...version, retainUntil })),
        );
      }
    },
    [Symbol.asyncDispose]: async () => {
      trial[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const PURGE = 'tables:\n  tool_uses: {hot: 1d, warm: 1d, cold: 0d}\n';

test('a lock keeps the bytes that a purge wants to delete: an alarm names each object, and the other files go', async () => {
  await using world = await lockedTrial();
  const { trial, keys } = world;
  const [locked] = keys('/tool_uses.');
  world.lock(locked!, UNTIL);
  trial.configure(ONLY + PURGE);
  const run = await trial.firn(['cleanup', 'archives', '--purge-only', '--yes', '--json']);
  assert.equal(run.status, 5, run.stderr);
  const { problems, purge } = JSON.parse(run.stdout);
  const path = locked!.slice(locked!.indexOf('warm/'));
  assert.equal(purge.status, 'partial');
  assert.deepEqual(keys('/tool_uses.'), [locked]);
  assert.deepEqual(
    problems.map((one: { path: string; alarm: boolean }) => [one.path, one.alarm]),
    [[path, true]],
  );
  assert.match(problems[0].message, /locked until 2026-06-01/);
  // Nothing is read from it any more.
  const search = await trial.firn(['search', '--table', 'tool_uses', '--limit', '9999', '--json']);
  assert.equal(JSON.parse(search.stdout).count, rowsOfTable(trial.database, 'tool_uses').length);

  const again = await trial.firn(['cleanup', 'archives', '--purge-only', '--yes']);
  assert.equal(again.status, 5, again.stderr);
  const status = JSON.parse((await trial.firn(['status', '--json'])).stdout);
  assert.deepEqual(
    status.open_alarms.map(({ kind, path: of }: { kind: string; path: string }) => [kind, of]),
    [['kept', path]],
  );

  world.lock(locked!, null);
  const last = await trial.firn(['cleanup', 'archives', '--purge-only', '--yes']);
  assert.equal(last.status, 0, last.stderr);
  assert.deepEqual(keys('/tool_uses.'), []);
  assert.deepEqual(JSON.parse((await trial.firn(['status', '--json'])).stdout).open_alarms, []);
});

test('an erasure says which bytes a lock keeps; later runs delete them', async () => {
  for (const tier of ['warm', 'cold']) {
    await using world = await lockedTrial();
    const { trial, keys } = world;
    if (tier === 'cold') {
      const { status, stderr } = await trial.firn([
        'cleanup',
        'archives',
        '--consolidate-only',
        '--older-than',
        '0d',
      ]);
      assert.equal(status, 0, stderr);
    }
    world.lock(`/${tier}/`, UNTIL);
    const before = keys(`/${tier}/`);
    const erase = ['erase', '--table', 'tool_uses', '--where', 'tool=Bash', '--yes', '--json'];
    const erased = await trial.firn(erase);
    assert.notEqual(erased.status, 0);
    assert.match(erased.stdout, /locked until 2026-06-01/);
    const found = await trial.firn(['search', '--table', 'tool_uses', '--where', 'tool=Bash', '--json']);
    assert.equal(JSON.parse(found.stdout).count, 0);
    for (const key of before) assert.ok(keys(key).length > 0, key);

    const alarmed = await trial.firn(['archive', 'all']);
    assert.equal(alarmed.status, 5, alarmed.stderr);
    world.lock(`/${tier}/`, null);
    const last = await trial.firn(['archive', 'all']);
    assert.equal(last.status, 0, last.stderr);
    const verified = await trial.firn(['verify', '--deep']);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    const segments = keys(`/${tier}/`);
    assert.equal(
      segments.some((key) => before.includes(key) && tier === 'cold'),
      false,
      segments.join(' '),
    );
  }
});
