import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import type { PendingFile } from '../../../../src/archive/archive-store.ts';
import type { S3Writing } from '../../../../src/archive/s3/writing/s3-writing.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import { setSizes, sizes } from '../../../../src/model/sizes.ts';
import { brokenConnection, WritingWorld } from '../../../support/s3/writing-world.ts';

const PATH = 'cold/2026/2026-01.tar.gz';
const key = (generation: number): string => `cold/2026/2026-01.${String(generation).padStart(6, '0')}.tar.gz`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const failsWith = (code: string) => (error: unknown) => error instanceof FirnError && error.code === code;

async function written(writing: S3Writing, text: string | Uint8Array): Promise<PendingFile> {
  const file = await writing.create(PATH);
  await file.write(Buffer.from(text as string));
  await file.sync();
  return file;
}

async function replace(writing: S3Writing, text: string): Promise<void> {
  const file = await written(writing, text);
  try {
    await file.replace();
  } finally {
    await file.abandon();
  }
}

const inForce = { ...sizes };
afterEach(() => setSizes(inForce));

test('each replacement is a new object that names those before it, and the one before it is deleted', async () => {
  const world = await WritingWorld.make();
  for (const [at, text] of ['one', 'two', 'three'].entries()) {
    await replace(world.open(), text);
    assert.deepEqual(world.keys(), [key(at + 1)]);
    assert.equal(world.text(key(at + 1)), text);
  }
  const { headers } = world.model.state.current(`archive/${key(3)}`)!;
  assert.equal(headers['x-amz-meta-firn-replaces'], `2:${sha256('two')} 1:${sha256('one')}`);
});

test('of two runs that replace one bundle, one succeeds, and the other one changes nothing', async () => {
  const world = await WritingWorld.make();
  await replace(world.open(), 'one');
  const [mine, theirs] = [await written(world.open(), 'mine'), await written(world.open(), 'theirs')];
  await theirs.replace();
  await assert.rejects(mine.replace(), failsWith('unavailable'));
  await mine.abandon();
  assert.deepEqual(world.keys(), [key(2)]);
  assert.equal(world.text(key(2)), 'theirs');
  await assert.rejects((await written(world.open(), 'new')).publish(), failsWith('refused'));
});

/** Stops before the bundle that was replaced is deleted. */
async function killedBeforeDeletion(): Promise<WritingWorld> {
  const world = await WritingWorld.make();
  await replace(world.open(), 'one');
  world.network = ({ method, url }, carryOut) => {
    if (method === 'DELETE' && url.pathname.endsWith(key(1))) throw brokenConnection();
    return carryOut();
  };
  await assert.rejects(replace(world.open(), 'two'), failsWith('unavailable'));
  world.network = (_, carryOut) => carryOut();
  assert.deepEqual(world.keys(), [key(1), key(2)]);
  return world;
}

test('a run that is killed before it deletes the old bundle leaves that to the next one', async () => {
  const world = await killedBeforeDeletion();
  assert.deepEqual(await world.open().sweep(), [key(1)]);
  assert.deepEqual(world.keys(), [key(2)]);
});

test('an old bundle stays as long as the new one cannot be read back', async () => {
  const world = await killedBeforeDeletion();
  world.network = ({ method, url }, carryOut) => {
    const answer = carryOut();
    if (method !== 'GET' || !url.pathname.endsWith(key(2))) return answer;
    return { ...answer, body: Buffer.from('twX') };
  };
  assert.deepEqual(await world.open().sweep(), []);
  assert.deepEqual(world.keys(), [key(1), key(2)]);
});

test('a bundle that a delayed request creates once more is deleted by the next run', async () => {
  const world = await WritingWorld.make();
  let late: (() => unknown) | null = null;
  world.network = ({ method, url }, carryOut) => {
    if (method !== 'PUT' || !url.pathname.endsWith(key(1))) return carryOut();
    late ??= carryOut;
    return carryOut();
  };
  for (const text of ['one', 'two', 'three']) await replace(world.open(), text);
  late!();
  assert.deepEqual(world.keys(), [key(1), key(3)]);
  assert.deepEqual(await world.open().sweep(), [key(1)]);
  assert.deepEqual(world.keys(), [key(3)]);
});

test('an older object that the bundle does not account for is moved to quarantine, and never deleted', async () => {
  for (const act of ['sweep', 'remove'] as const) {
    const world = await WritingWorld.make();
    for (const text of ['one', 'two']) await replace(world.open(), text);
    await world.ask({ method: 'PUT', key: `archive/${key(1)}`, body: 'of somebody else' });
    const writing = world.open();
    await (act === 'sweep' ? writing.sweep() : writing.remove(PATH));
    const present = world.keys();
    assert.equal(present.includes(key(1)), false);
    assert.equal(present.includes(key(2)), act === 'sweep');
    assert.equal(world.text(`quarantine/${key(1)}`), 'of somebody else');
    assert.match(world.text(`quarantine/${key(1)}.note.txt`), /2026-01\.000002/);
  }
});

test('removing a bundle deletes its older objects first', async () => {
  const world = await killedBeforeDeletion();
  world.asked.length = 0;
  await world.open().remove(PATH);
  assert.deepEqual(
    world.asked.filter((line) => line.startsWith('DELETE')),
    [`DELETE ${key(1)}`, `DELETE ${key(2)}`],
  );
  assert.deepEqual(world.keys(), []);
});

test('bundles that another program copied, without their metadata, are replaced like any other', async () => {
  const world = await WritingWorld.make();
  await world.ask({ method: 'PUT', key: `archive/${key(7)}`, body: 'copied' });
  await replace(world.open(), 'next');
  assert.deepEqual(world.keys(), [key(8)]);
  const { headers } = world.model.state.current(`archive/${key(8)}`)!;
  assert.equal(headers['x-amz-meta-firn-replaces'], `7:${sha256('copied')}`);
});

test('a bundle that is too large for one request is sent in parts, and read back', async () => {
  setSizes({ singlePutBytes: 1 << 20, multipartBytes: 5 << 20, readBackBytes: 4 << 20 });
  const world = await WritingWorld.make();
  const bytes = Buffer.alloc(11 << 20, 'snow and ice');
  await (await written(world.open(), bytes)).publish();
  assert.deepEqual(world.keys(), [key(1)]);
  assert.ok(Buffer.from(world.model.state.current(`archive/${key(1)}`)!.body).equals(bytes));
  assert.equal(world.asked.filter((line) => line.includes('partNumber')).length, 1 + 3);
  assert.equal(world.model.state.uploads.size, 0);
  const other = await WritingWorld.make({ server: 'radosgw' });
  const large = await written(other.open(), bytes);
  await assert.rejects(large.publish(), failsWith('refused'));
  await large.abandon();
  assert.deepEqual(await other.spooled(), []);
  assert.deepEqual(other.keys(), []);
  await (await written(other.open({ allowUnconditional: true }), bytes)).publish();
  assert.deepEqual(other.keys(), [key(1)]);
});

test('parts of an upload that failed are given up, at once or by the next run', async () => {
  setSizes({ singlePutBytes: 1 << 20, multipartBytes: 5 << 20 });
  const world = await WritingWorld.make();
  const bytes = Buffer.alloc(6 << 20, 'ice');
  for (const mayAbort of [true, false]) {
    world.network = ({ method, url }, carryOut) => {
      const isOurs = url.pathname.endsWith(key(1));
      if (isOurs && url.searchParams.get('partNumber') === '2')
        return { status: 400, headers: {}, body: Buffer.alloc(0) };
      if (isOurs && method === 'DELETE' && !mayAbort) throw brokenConnection();
      return carryOut();
    };
    await assert.rejects((await written(world.open(), bytes)).publish());
    assert.equal(world.model.state.uploads.size, mayAbort ? 0 : 1);
    assert.deepEqual(await world.spooled(), ['.data', '.put']);
    if (mayAbort) {
      world.network = (_, carryOut) => carryOut();
      await world.open().sweep();
      assert.deepEqual(world.keys(), [key(1)]);
      await world.open().remove(PATH);
    }
  }
  world.network = (_, carryOut) => carryOut();
  await world.open().sweep();
  assert.equal(world.model.state.uploads.size, 0);
  assert.deepEqual(world.keys(), [key(1)]);
  assert.deepEqual(await world.spooled(), []);
});

test('an upload in parts whose end has no answer is found complete, at once or by the next run', async () => {
  setSizes({ singlePutBytes: 1 << 20, multipartBytes: 5 << 20 });
  for (const isLasting of [false, true]) {
    const world = await WritingWorld.make();
    let losses = isLasting ? 1_000 : 1;
    world.network = ({ method, url }, carryOut) => {
      const answer = carryOut();
      const isEnd = method === 'POST' && url.searchParams.has('uploadId') && url.pathname.endsWith(key(1));
      if (isEnd && losses-- > 0) throw brokenConnection();
      return answer;
    };
    const file = await written(world.open(), Buffer.alloc(6 << 20, 'ice'));
    if (isLasting) await assert.rejects(file.publish(), failsWith('unavailable'));
    else await file.publish();
    await file.abandon();
    await world.open().sweep();
    assert.deepEqual(world.keys(), [key(1)]);
    assert.equal(world.model.state.uploads.size, 0);
    assert.deepEqual(await world.spooled(), []);
  }
});
