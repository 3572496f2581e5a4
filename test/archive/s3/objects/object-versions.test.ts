import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemovalRefused } from '../../../../src/archive/archive-store.ts';
import { publishText } from '../../../support/archives/archive.ts';
import { WritingWorld } from '../../../support/s3/writing-world.ts';

const PATH = 'warm/2026-01-16/a';

test('a bucket that keeps no versions is asked once, and each removal is one request', async () => {
  const world = await WritingWorld.make();
  const writing = world.open();
  await publishText(writing, PATH, 'a');
  world.asked.length = 0;
  await writing.remove(PATH);
  await writing.remove(PATH);
  assert.deepEqual(world.asked, [`DELETE ${PATH}`, `DELETE ${PATH}`]);
  assert.deepEqual(world.keys(), []);
});

test('in a bucket that keeps versions, every version and delete marker goes, and no older one comes to light', async () => {
  const world = await WritingWorld.make({ versioned: true });
  const key = `archive/${PATH}`;
  for (const body of ['one', 'two', 'three']) await world.ask({ method: 'PUT', key, body });
  await world.ask({ method: 'DELETE', key });
  await world.ask({ method: 'PUT', key, body: 'four' });
  await world.ask({ method: 'PUT', key: `${key}.json`, body: 'a neighbour' });
  const seen: string[] = [];
  world.network = (_, carryOut) => {
    const answer = carryOut();
    const current = world.model.state.current(key);
    seen.push(current === null ? '-' : Buffer.from(current.body).toString());
    return answer;
  };
  await world.open().remove(PATH);
  assert.ok(
    seen.every((text) => text === 'four' || text === '-'),
    seen.join(' '),
  );
  assert.equal(world.model.state.objects.has(key), false);
  assert.equal(world.model.state.objects.get(`${key}.json`)!.length, 1);
});

test('what a lock or a legal hold keeps is refused, says why, and is still there', async () => {
  const world = await WritingWorld.make({ objectLock: true });
  await publishText(world.open(), PATH, 'a');
  const key = `archive/${PATH}`;
  const [version] = world.model.state.objects.get(key)!;
  for (const [change, words] of [
    [{ retainUntil: Date.UTC(2030, 0, 1) }, /locked until 2030-01-01/],
    [{ isHeld: true }, /legal hold/],
  ] as const) {
    world.model.state.replaceVersions(key, [{ ...version!, ...change }]);
    await assert.rejects(world.open().remove(PATH), (error) => {
      assert.ok(error instanceof RemovalRefused && error.code === 'refused');
      assert.match(error.message, words);
      assert.match(error.path!, /warm\/2026-01-16\/a$/);
      return true;
    });
    assert.equal(world.text(PATH), 'a');
  }
});

test('a file that cannot be removed after it was copied to quarantine is copied only once', async () => {
  const world = await WritingWorld.make({ objectLock: true });
  await publishText(world.open(), PATH, 'a');
  const key = `archive/${PATH}`;
  const [version] = world.model.state.objects.get(key)!;
  world.model.state.replaceVersions(key, [{ ...version!, isHeld: true }]);
  for (let run = 0; run < 2; run++)
    await assert.rejects(world.open().quarantine(PATH, 'why'), (error) => error instanceof RemovalRefused);
  assert.deepEqual(world.keys(), [`quarantine/${PATH}`, `quarantine/${PATH}.note.txt`, PATH]);
  world.model.state.replaceVersions(key, [version!]);
  assert.equal(await world.open().quarantine(PATH, 'why'), `quarantine/${PATH}`);
  assert.deepEqual(world.keys(), [`quarantine/${PATH}`, `quarantine/${PATH}.note.txt`]);
});
