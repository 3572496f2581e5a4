import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { S3Writing } from '../../../../src/archive/s3/writing/s3-writing.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import { publishText } from '../../../support/archives/archive.ts';
import { sampleSegment } from '../../../support/archives/sample-segment.ts';
import type { SimulatedDisk } from '../../../support/faults/disk/simulated-disk.ts';
import { brokenConnection, type Network, WritingWorld } from '../../../support/s3/writing-world.ts';

const KEY = 'warm/2026-01-16/t.jsonl.gz';

const publish = (writing: S3Writing, text = 'the rows', path = KEY): Promise<void> =>
  publishText(writing, path, text);

const failsWith = (code: string) => (error: unknown) => error instanceof FirnError && error.code === code;
const isPut = (method: string, path: string, key = KEY): boolean => method === 'PUT' && path.endsWith(key);

/** Of the requests that publish the file, one after the other. */
function network(...steps: readonly ('answer' | 'lose answer' | 'lose request')[]): Network {
  let at = 0;
  return ({ method, url }, carryOut) => {
    if (!isPut(method, url.pathname)) return carryOut();
    const step = steps[Math.min(at++, steps.length - 1)]!;
    if (step === 'lose request') throw brokenConnection();
    const answer = carryOut();
    if (step === 'lose answer') throw brokenConnection();
    return answer;
  };
}

test('a published object has its digest, its seal and its archive in its metadata, and is read back from the bucket', async () => {
  const world = await WritingWorld.make();
  const identity = '{"format":1,"database":"db-1","created":"2026-01-16T00:00:00Z"}';
  await publish(world.open(), identity, 'archive.json');
  const { file: sample, footer } = await sampleSegment('gzip', 2, 10);
  const storageClass = { warm: 'STANDARD_IA', cold: 'GLACIER_IR' };
  const file = await world.open({ storageClass }).create(KEY);
  world.asked.length = 0;
  await file.write(sample.content);
  await file.sync();
  await file.publish();
  const object = world.model.state.current(`archive/${KEY}`)!;
  assert.deepEqual(Buffer.from(object.body), sample.content);
  const { headers } = object;
  assert.equal(headers['x-amz-meta-firn-sha256'], createHash('sha256').update(sample.content).digest('hex'));
  assert.equal(headers['x-amz-meta-firn-seal'], footer.digest);
  assert.equal(headers['x-amz-meta-firn-archive'], 'db-1');
  assert.equal(headers['x-amz-storage-class'], 'STANDARD_IA');
  assert.equal(headers['content-type'], 'application/gzip');
  assert.deepEqual(world.asked.slice(-2), [`PUT ${KEY}`, `GET ${KEY}`]);
  assert.deepEqual(await world.spooled(), []);
});

test('an object has the content type of its compression', async () => {
  const world = await WritingWorld.make();
  const types: Record<string, string | undefined> = {};
  for (const key of [
    'warm/2026-01-16/a.jsonl.zst',
    'warm/2026-01-16/a.2.jsonl.gz',
    'warm/2026-01-16/a.3.jsonl',
  ]) {
    await publish(world.open(), 'the rows', key);
    types[key.slice(key.lastIndexOf('.'))] = world.model.state.current(`archive/${key}`)!.headers[
      'content-type'
    ];
  }
  assert.deepEqual(types, {
    '.zst': 'application/zstd',
    '.gz': 'application/gzip',
    '.jsonl': 'application/octet-stream',
  });
});

test('an answer that is lost is no failure: the repeated request finds its own object', async () => {
  const world = await WritingWorld.make();
  world.network = network('lose answer', 'answer');
  await publish(world.open());
  assert.equal(world.text(KEY), 'the rows');
  assert.deepEqual(world.asked.slice(-3), [`PUT ${KEY}`, `HEAD ${KEY}`, `GET ${KEY}`]);
  assert.deepEqual(await world.spooled(), []);
});

for (const [name, step] of [
  ['was carried out', 'lose answer'],
  ['was not carried out', 'lose request'],
] as const) {
  test(`a request of unknown outcome stays in the spool, and the next run finds out that it ${name}`, async () => {
    const world = await WritingWorld.make();
    world.network = network(step);
    await assert.rejects(publish(world.open()), failsWith('unavailable'));
    assert.deepEqual(await world.spooled(), ['.data', '.put']);
    // A power cut takes nothing of it.
    for (let seed = 0; seed < 5; seed++) {
      const machine: SimulatedDisk = world.disk.crash(seed);
      const before = world.model.state;
      world.model.state = before.copy();
      world.network = network('answer');
      assert.deepEqual(await world.open({}, machine).sweep(), []);
      assert.equal(world.text(KEY), 'the rows');
      assert.deepEqual(await world.open({}, machine).sweep(), []);
      world.model.state = before;
    }
    await world.open().sweep();
    assert.deepEqual(await world.spooled(), []);
  });
}

test('a request that lands after it was repeated changes nothing', async () => {
  const world = await WritingWorld.make();
  const late: (() => unknown)[] = [];
  world.network = ({ method, url }, carryOut) => {
    if (!isPut(method, url.pathname)) return carryOut();
    late.push(carryOut);
    throw brokenConnection();
  };
  await assert.rejects(publish(world.open()), failsWith('unavailable'));
  world.network = (_, carryOut) => carryOut();
  await world.open().sweep();
  const { etag, versionId } = world.model.state.current(`archive/${KEY}`)!;
  for (const land of late) land();
  assert.deepEqual(world.model.state.objects.get(`archive/${KEY}`)!.length, 1);
  const now = world.model.state.current(`archive/${KEY}`)!;
  assert.deepEqual([now.etag, now.versionId], [etag, versionId]);
});

test('a name that is taken is refused, also when the other object has the same bytes', async () => {
  const world = await WritingWorld.make();
  await publish(world.open());
  for (const text of ['the rows', 'other rows']) {
    await assert.rejects(publish(world.open(), text), failsWith('refused'));
    assert.equal(world.text(KEY), 'the rows');
    assert.deepEqual(await world.spooled(), []);
  }
});

test('when somebody else has the name by the next run, the file of the spool is dropped', async () => {
  const world = await WritingWorld.make();
  world.network = network('lose request');
  await assert.rejects(publish(world.open()), failsWith('unavailable'));
  await world.ask({ method: 'PUT', key: `archive/${KEY}`, body: 'theirs' });
  world.network = network('answer');
  assert.equal((await world.open().sweep()).length, 1);
  assert.equal(world.text(KEY), 'theirs');
  assert.deepEqual(await world.spooled(), []);
});

test('as long as the bucket does not answer, a run cannot begin, and the spool stays', async () => {
  const world = await WritingWorld.make();
  world.network = network('lose request');
  await assert.rejects(publish(world.open()), failsWith('unavailable'));
  await assert.rejects(world.open().sweep(), failsWith('unavailable'));
  assert.deepEqual(await world.spooled(), ['.data', '.put']);
});

test('a conflict with another request is waited for, and given up with the file in the spool', async () => {
  const world = await WritingWorld.make();
  let conflicts = 2;
  world.network = ({ method, url }, carryOut) => {
    if (method !== 'PUT' || !url.pathname.endsWith('/t.jsonl.gz') || conflicts-- <= 0) return carryOut();
    return {
      status: 409,
      headers: {},
      body: Buffer.from('<Error><Code>ConditionalRequestConflict</Code></Error>'),
    };
  };
  await publish(world.open());
  assert.equal(world.text(KEY), 'the rows');
  conflicts = 1_000;
  await assert.rejects(publish(world.open(), 'more', 'warm/2026-01-17/t.jsonl.gz'), failsWith('unavailable'));
  assert.deepEqual(await world.spooled(), ['.data', '.put']);
});

test('an object that has other bytes than those that were sent is an integrity error', async () => {
  const world = await WritingWorld.make();
  world.network = ({ method }, carryOut) => {
    const answer = carryOut();
    if (method !== 'GET' || answer.status !== 206) return answer;
    return { ...answer, body: Buffer.from(answer.body).fill('x', 3, 4) };
  };
  await assert.rejects(publish(world.open()), failsWith('integrity'));
  assert.deepEqual(await world.spooled(), []);
});

test('a file of the spool that lost bytes is not sent; if the bucket has it already, nothing is lost', async () => {
  for (const step of ['lose answer', 'lose request'] as const) {
    const world = await WritingWorld.make();
    world.network = network(step);
    await assert.rejects(publish(world.open()), failsWith('unavailable'));
    const [place] = await world.disk.readdir('/data/a.db.firn-spool');
    const folder = `/data/a.db.firn-spool/${place!.name}`;
    const data = (await world.disk.readdir(folder)).find(({ name }) => name.endsWith('.data'))!.name;
    await world.disk.unlink(`${folder}/${data}`);
    await (await world.disk.create(`${folder}/${data}`)).write(Buffer.from('the r'), 0);
    world.network = network('answer');
    const dropped = await world.open().sweep();
    assert.equal(dropped.length, step === 'lose answer' ? 0 : 1);
    assert.deepEqual(world.keys(), step === 'lose answer' ? [KEY] : []);
    assert.deepEqual(await world.spooled(), []);
  }
});

test('what the server refuses outright does not stay in the spool, unless an earlier attempt had no answer', async () => {
  for (const isLostFirst of [false, true]) {
    const world = await WritingWorld.make();
    let losses = isLostFirst ? 1 : 0;
    world.network = ({ method, url }, carryOut) => {
      if (!isPut(method, url.pathname)) return carryOut();
      if (losses-- > 0) throw brokenConnection();
      return { status: 403, headers: {}, body: Buffer.from('<Error><Code>AccessDenied</Code></Error>') };
    };
    await assert.rejects(publish(world.open()), failsWith('refused'));
    assert.deepEqual(await world.spooled(), isLostFirst ? ['.data', '.put'] : []);
  }
});

test('what was never sent is dropped by the next run, and a file of another archive stays', async () => {
  const world = await WritingWorld.make();
  await (await world.open().create(KEY)).write(Buffer.from('unfinished'));
  await (await world.open({ prefix: 'other' }).create(KEY)).write(Buffer.from('unfinished'));
  assert.deepEqual(await world.spooled(), ['.data', '.data']);
  assert.equal((await world.open().sweep()).length, 1);
  assert.deepEqual(await world.spooled(), ['.data']);
  assert.deepEqual(world.keys(), []);
});
