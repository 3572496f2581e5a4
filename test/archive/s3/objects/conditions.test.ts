import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { S3Writing, S3WritingParts } from '../../../../src/archive/s3/writing/s3-writing.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import { publishText } from '../../../support/archives/archive.ts';
import { brokenConnection, WritingWorld } from '../../../support/s3/writing-world.ts';

const IDENTITY = '{"format":1,"database":"db-1","created":"2026-01-16T00:00:00Z"}';
const failsWith = (code: string) => (error: unknown) => error instanceof FirnError && error.code === code;

async function replace(writing: S3Writing, text: string): Promise<void> {
  const file = await writing.create('lineage.json');
  try {
    await file.write(Buffer.from(text));
    await file.sync();
    await file.replace();
  } finally {
    await file.abandon();
  }
}

test('the first change of a run finds out whether conditions are honoured, and leaves nothing behind', async () => {
  const world = await WritingWorld.make({ versioned: true });
  const writing = world.open();
  await publishText(writing, 'archive.json', IDENTITY);
  const asked = world.asked.length;
  await publishText(writing, 'warm/2026-01-16/a', 'a');
  assert.deepEqual(world.asked.slice(asked), ['PUT warm/2026-01-16/a', 'GET warm/2026-01-16/a']);
  assert.deepEqual(world.model.state.keys(), ['archive/archive.json', 'archive/warm/2026-01-16/a']);
});

test('where the archive is marked, its mark is what conditions are tried on', async () => {
  const world = await WritingWorld.make({ versioned: true });
  await publishText(world.open(), 'archive.json', IDENTITY);
  world.asked.length = 0;
  await publishText(world.open(), 'warm/2026-01-16/a', 'a');
  assert.deepEqual(world.asked.slice(0, 3), ['GET archive.json', 'PUT archive.json', 'PUT archive.json']);
  assert.equal(world.model.state.objects.get('archive/archive.json')!.length, 1);
});

for (const isMarked of [false, true]) {
  test(`a server that ignores conditions is refused, and keeps nothing of ${isMarked ? 'a marked' : 'an unmarked'} archive`, async () => {
    const world = await WritingWorld.make({ ignoresConditions: true });
    if (isMarked) await world.ask({ method: 'PUT', key: 'archive/archive.json', body: IDENTITY });
    const before = world.model.state.print();
    await assert.rejects(publishText(world.open(), 'warm/2026-01-16/a', 'a'), (error) => {
      assert.ok(error instanceof FirnError && error.code === 'refused');
      assert.match(error.message, /ignores conditions/);
      assert.match(error.hint!, /allow_unconditional/);
      return true;
    });
    assert.equal(world.model.state.print(), before);
    assert.deepEqual(await world.spooled(), []);
  });
}

test('a server whose answer to the trial was lost is not taken for one that ignores conditions', async () => {
  const world = await WritingWorld.make();
  let isLost = false;
  world.network = ({ method }, carryOut) => {
    const answer = carryOut();
    if (isLost || method !== 'PUT') return answer;
    isLost = true;
    throw brokenConnection();
  };
  await publishText(world.open(), 'warm/2026-01-16/a', 'a');
  assert.deepEqual(world.keys(), ['warm/2026-01-16/a']);
});

test('an archive is marked without an object that a lock would keep, and a server that ignores conditions keeps no mark', async () => {
  const world = await WritingWorld.make({ objectLock: true });
  world.model.state.retentionDays = 30;
  await publishText(world.open(), 'archive.json', IDENTITY);
  assert.deepEqual(world.model.state.keys(), ['archive/archive.json']);
  const ignoring = await WritingWorld.make({ ignoresConditions: true });
  await assert.rejects(publishText(ignoring.open(), 'archive.json', IDENTITY), /ignores conditions/);
  assert.deepEqual(ignoring.model.state.keys(), []);
  // It honours one of them.
  ignoring.network = ({ headers }, carryOut) =>
    headers.has('if-match') ? { status: 412, headers: {}, body: Buffer.alloc(0) } : carryOut();
  await assert.rejects(publishText(ignoring.open(), 'archive.json', IDENTITY), /ignores conditions/);
  assert.deepEqual(ignoring.model.state.keys(), []);
});

test('what is written after an archive got another mark has that mark in its metadata', async () => {
  const world = await WritingWorld.make();
  const writing = world.open();
  await publishText(writing, 'archive.json', IDENTITY);
  await publishText(writing, 'warm/2026-01-16/a', 'a');
  await writing.quarantine('archive.json', 'It was paired with db-2.');
  await publishText(writing, 'archive.json', IDENTITY.replace('db-1', 'db-2'));
  await publishText(writing, 'warm/2026-01-16/b', 'b');
  const markOf = (key: string): unknown =>
    world.model.state.current(`archive/${key}`)!.headers['x-amz-meta-firn-archive'];
  assert.deepEqual([markOf('warm/2026-01-16/a'), markOf('warm/2026-01-16/b')], ['db-1', 'db-2']);
});

test('a server that does not know conditions is refused as well', async () => {
  const world = await WritingWorld.make();
  world.network = ({ headers }, carryOut) =>
    headers.has('if-none-match') || headers.has('if-match')
      ? { status: 501, headers: {}, body: Buffer.from('<Error><Code>NotImplemented</Code></Error>') }
      : carryOut();
  await assert.rejects(publishText(world.open(), 'warm/a', 'a'), /ignores conditions/);
  assert.deepEqual(world.keys(), []);
});

test('with `allow_unconditional`, a look comes before each change, and no condition is sent', async () => {
  const world = await WritingWorld.make({ ignoresConditions: true });
  const open = (seen: S3WritingParts['seen'] = () => undefined): S3Writing =>
    world.open({ allowUnconditional: true, seen });
  await publishText(open(), 'warm/2026-01-16/a', 'a');
  await assert.rejects(publishText(open(), 'warm/2026-01-16/a', 'b'), failsWith('refused'));
  assert.equal(world.text('warm/2026-01-16/a'), 'a');
  await replace(open(), 'one');
  await replace(open(), 'two');
  await assert.rejects(
    replace(
      open(() => 'another version'),
      'three',
    ),
    failsWith('unavailable'),
  );
  assert.equal(world.text('lineage.json'), 'two');
});

test('the lineage is replaced only when it is the one that was read', async () => {
  const world = await WritingWorld.make();
  const versionOf = async (writing: S3Writing): Promise<string | null> =>
    writing.versionOf((await world.ask({ method: 'HEAD', key: 'archive/lineage.json' })).headers);
  await replace(world.open({ seen: () => null }), 'one');
  await assert.rejects(replace(world.open({ seen: () => null }), 'other'), (error) => {
    assert.ok(error instanceof FirnError && error.code === 'unavailable');
    assert.match(error.message, /another run changed the archive/);
    return true;
  });
  const version = await versionOf(world.open());
  await replace(world.open({ seen: () => version }), 'two');
  await assert.rejects(replace(world.open({ seen: () => version }), 'three'), failsWith('unavailable'));
  assert.equal(world.text('lineage.json'), 'two');
  assert.deepEqual(await world.spooled(), []);
});

test('a replacement whose answer is lost is found to be its own', async () => {
  const world = await WritingWorld.make();
  let losses = 1;
  world.network = ({ method, url }, carryOut) => {
    const answer = carryOut();
    if (method === 'PUT' && url.pathname.endsWith('lineage.json') && losses-- > 0)
      throw new TypeError('fetch failed');
    return answer;
  };
  await replace(world.open(), 'one');
  assert.equal(world.text('lineage.json'), 'one');
});

test('a server that wants an ETag in quotation marks gets it so', async () => {
  const world = await WritingWorld.make();
  await replace(world.open(), 'one');
  world.network = ({ headers }, carryOut) => {
    const match = headers.get('if-match');
    return match === undefined || match.startsWith('"')
      ? carryOut()
      : { status: 412, headers: {}, body: Buffer.from('<Error><Code>PreconditionFailed</Code></Error>') };
  };
  await replace(world.open(), 'two');
  assert.equal(world.text('lineage.json'), 'two');
});
