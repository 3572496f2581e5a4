import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { proveSegment } from '../../../src/format/segment/prove.ts';
import { Room } from '../../../src/format/segment/room.ts';
import { sampleSegment } from '../../support/archives/sample-segment.ts';

test('who waits for room gets it in turn, as soon as there is some', async () => {
  const room = new Room(10);
  assert.ok(room.take(6));
  assert.ok(room.take(4));
  assert.ok(!room.take(1));
  const got: string[] = [];
  const large = room.wait(8).then(() => got.push('large'));
  const small = room.wait(1).then(() => got.push('small'));
  room.give(4);
  await setImmediate();
  assert.deepEqual(got, [], 'the small one does not overtake');
  assert.ok(!room.take(1), 'nor does anyone else');
  room.give(6);
  await Promise.all([large, small]);
  assert.deepEqual(got, ['large', 'small']);
});

test('what is larger than the room has it alone', async () => {
  const room = new Room(10);
  assert.ok(room.take(50));
  assert.ok(!room.take(1));
  room.give(50);
  assert.ok(room.take(10));
});

test('segments that share hardly any room are all proven, and given up ones give their room back', async () => {
  const room = new Room(1);
  const samples = await Promise.all([3, 5, 4, 6].map((blocks) => sampleSegment('gzip', blocks, 40)));
  const proofs = samples.map(async ({ file, footer }, at) => {
    let seen = 0;
    for await (const { lines } of proveSegment(file, 'segment', { room, concurrency: 3 })) {
      assert.ok(lines.length > 0);
      seen++;
      await setImmediate();
      if (at === 1) break;
    }
    return at === 1 || seen === footer.blocks.length;
  });
  const bad = samples[0]!.file.flipped(samples[0]!.footer.blocks[1]!.offset + 30, 1);
  const fails = assert.rejects(async () => {
    for await (const _ of proveSegment(bad, 'segment', { room }));
  });
  assert.deepEqual(await Promise.all(proofs), [true, true, true, true]);
  await fails;
  assert.ok(room.take(1), 'all of it is free again');
});
