import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { ModelServer } from '../../support/s3/model/model-server.ts';
import { S3Model } from '../../support/s3/model/s3-model.ts';
import { S3Trial } from './s3-trial.ts';

const START = Date.UTC(2026, 2, 1);
const BUNDLE = /cold\/2026\/2026-02\.000001\.tar\.gz/;

/** A trial whose cold tier is in this storage class, as after a lifecycle rule. */
async function frozenTrial(
  storageClass: string,
): Promise<AsyncDisposable & { readonly model: S3Model; readonly trial: S3Trial }> {
  const model = new S3Model({ now: () => START });
  const server = await ModelServer.start(model);
  const trial = new S3Trial(server.access, { start: START });
  for (const argv of [
    ['archive', 'all'],
    ['cleanup', 'archives', '--consolidate-only', '--older-than', '10d'],
  ]) {
    const { status, stderr } = await trial.firn(argv);
    assert.equal(status, 0, stderr);
  }
  for (const [key, versions] of model.state.objects) {
    if (!key.includes('/cold/')) continue;
    const headers = { 'x-amz-storage-class': storageClass };
    model.state.objects.set(
      key,
      versions.map((version) => ({ ...version, headers: { ...version.headers, ...headers } })),
    );
  }
  const dispose = async (): Promise<void> => {
    trial[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  };
  return { model, trial, [Symbol.asyncDispose]: dispose };
}

test('commands that read answer from the other files, name what is frozen and how to thaw it, and exit with 5', async () => {
  await using world = await frozenTrial('DEEP_ARCHIVE');
  const { trial } = world;
  for (const argv of [
    ['search', '--table', 'tool_uses'],
    ['sql', 'SELECT count(*) FROM tool_uses'],
    ['export', 'tool_uses', '--output', 'out.jsonl'],
    ['restore', 'tool_uses', '--into', 'copy.db'],
  ]) {
    const { status, stderr } = await trial.firn(argv);
    assert.equal(status, 5, argv[0]);
    assert.match(stderr, BUNDLE, argv[0]);
    assert.match(stderr, /in storage class DEEP_ARCHIVE and has to be thawed/, argv[0]);
    assert.match(stderr, /firn restore --thaw/, argv[0]);
    assert.doesNotMatch(stderr, /verify --deep/, argv[0]);
  }
  // What is not needed is not missed.
  const hot = await trial.firn(['search', '--table', 'tool_uses', '--since', '2026-02-25']);
  assert.equal(hot.status, 0, hot.stderr);
});

test('a restore asks for what is frozen, says so while it is thawed, and restores the rows then', async () => {
  await using world = await frozenTrial('GLACIER');
  const { model, trial } = world;
  const restore = ['restore', 'tool_uses', '--into', 'copy.db', '--thaw'];
  const asks = (): number =>
    [...model.state.objects.values()].flat().filter(({ thaw }) => thaw === 'asked').length;

  const preview = await trial.firn([...restore, '--dry-run']);
  assert.deepEqual([preview.status, asks()], [3, 0]);
  assert.match(preview.stdout, /has to be thawed .*2026-02\.000001/);
  const first = await trial.firn([...restore, '--thaw-days', '2', '--thaw-tier', 'bulk']);
  assert.deepEqual([first.status, asks()], [3, 1]);
  assert.match(first.stdout, /asked for now[\s\S]*tier bulk, readable for 2 days[\s\S]*No row was restored/);
  const again = await trial.firn([...restore, '--json']);
  assert.equal(again.status, 3);
  const { thaw, total } = JSON.parse(again.stdout);
  assert.deepEqual([total, thaw.files.map(({ state }: { state: string }) => state)], [0, ['in_progress']]);
  const search = await trial.firn(['search', '--table', 'tool_uses']);
  assert.match(search.stderr, /is being thawed/);

  model.state.thawAll();
  const done = await trial.firn(restore);
  assert.equal(done.status, 0, done.stderr);
  const whole = [
    ...rowsOfTable(trial.database, 'tool_uses'),
    ...rowsOfTable(join(trial.folder, 'copy.db'), 'tool_uses'),
  ];
  assert.deepEqual(whole.sort(), trial.original.get('tool_uses'));
});

test('the location is shown as it is, and folders in it without its settings', async () => {
  await using world = await frozenTrial('STANDARD_IA');
  const status = (await world.trial.firn(['status'])).stdout;
  for (const tier of ['Warm', 'Cold'])
    assert.match(
      status,
      new RegExp(`${tier} .* s3://model-bucket/team-1/agents\\?region=eu-test-1&endpoint=`),
    );
  const retention = (await world.trial.firn(['retention', 'status'])).stdout;
  assert.match(retention, /WARM ARCHIVE +s3:\/\/model-bucket\/team-1\/agents\/warm$/m);
  assert.doesNotMatch(status + retention, /MODELKEY|secret/);
});

test('without anything frozen, --thaw changes nothing', async () => {
  await using world = await frozenTrial('STANDARD_IA');
  const { status, stderr, stdout } = await world.trial.firn([
    ...['restore', 'tool_uses', '--into', 'copy.db', '--thaw'],
  ]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /Restored into/);
});

test('what is frozen is no damage: runs, status and verifications say that it was not verified, and raise no alarm', async () => {
  await using world = await frozenTrial('DEEP_ARCHIVE');
  const { model, trial } = world;
  // 3: not everything was verified.
  for (const [expected, ...argv] of [
    [0, 'archive', 'all'],
    [0, 'verify'],
    [3, 'verify', '--deep'],
    [3, 'verify', '--deep', '--archives-only'],
    [0, 'retention', 'status'],
    [0, 'cleanup', 'archives', '--purge-only', '--yes'],
  ] as [number, ...string[]][]) {
    const { status, stdout, stderr } = await trial.firn(argv);
    assert.equal(status, expected, `${argv.join(' ')}: ${stdout}\n${stderr}`);
    assert.doesNotMatch(stdout, /alarm|damaged|missing/i, argv.join(' '));
    if (argv[0] === 'verify') assert.match(stdout, /not verified.*thawed/, argv.join(' '));
  }
  const status = JSON.parse((await trial.firn(['status', '--json'])).stdout);
  assert.deepEqual([status.alarms, status.health.level], [[], 'ok']);

  // Thawed, it is verified as everything else.
  for (const [key, versions] of model.state.objects)
    model.state.objects.set(
      key,
      versions.map((version) => ({ ...version, thaw: 'done' as const })),
    );
  const deep = await trial.firn(['verify', '--deep']);
  assert.equal(deep.status, 0, deep.stderr);
  assert.doesNotMatch(deep.stdout, /not verified/);
});
