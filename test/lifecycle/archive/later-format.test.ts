import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { extraChain, extraPayload } from '../../../src/format/framing/gzip-member.ts';
import { tailLength } from '../../../src/format/segment/tail.ts';
import type { Reconciled } from '../../../src/lifecycle/reconcile/reconcile-plan.ts';
import { forged } from '../../support/archives/forged-segment.ts';
import { sampleSegment } from '../../support/archives/sample-segment.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const NOTES = '2026-01-10/notes.jsonl.gz';

/** As a later version of Firn would have sealed it. */
function ofLaterFormat(bytes: Buffer): Buffer {
  const length = tailLength('gzip');
  const payload = Buffer.from(extraPayload('FT', bytes.subarray(-length))!);
  payload.writeUInt16LE(4, 8);
  payload.writeUInt32LE(crc32(payload.subarray(0, -4)), payload.length - 4);
  return Buffer.concat([bytes.subarray(0, -length), extraChain('FT', payload)]);
}

test('a file of a later format is an alarm that says what to do, and everything else goes on', async (t) => {
  const world = await ArchivedWorld.of(t);
  const later = '2026-01-10/notes.2.jsonl.gz';
  const bytes = ofLaterFormat(world.read(`warm/${NOTES}`));
  world.write(`warm/${later}`, bytes);
  world.sql("INSERT INTO notes (id, ts) VALUES ('more', '2026-01-10T00:00:00Z')");
  const { reconciled, total, tables } = await world.run();
  assert.deepEqual(said(reconciled), [`alarm warm/${later}`]);
  assert.match(reconciled[0]!.reason, /format 4.*newer version of Firn/);
  assert.equal(total, 1);
  const archived = tables.find(({ table }) => table === 'notes')!.archiveFiles;
  assert.deepEqual(archived, ['warm/2026-01-10/notes.3.jsonl.gz'], 'its name is not taken');
  for (const { alarms } of [await world.look(), await world.verify()]) {
    assert.deepEqual(
      alarms.map(({ path }) => path),
      [`warm/${later}`],
    );
    assert.match(`${alarms[0]!.what} ${alarms[0]!.remedy}`, /format 4.*newer version of Firn/);
  }
  await world.rebuild();
  await world.consolidate();
  assert.deepEqual(world.read(`warm/${later}`), bytes, 'not a byte of it is touched');
});

test('a bundle of a later format is an alarm, and other months go on', async (t) => {
  const world = await ArchivedWorld.of(t);
  await world.consolidate();
  world.write('cold/2025/2025-12.tar.gz', ofLaterFormat(world.read('cold/2026/2026-01.tar.gz')));
  const { reconciled } = await world.run();
  assert.deepEqual(said(reconciled), ['alarm cold/2025/2025-12.tar.gz']);
  assert.match(reconciled[0]!.reason, /format 4.*newer version of Firn/);
  assert.equal((await world.look()).alarms.length, 1);
});

test('a file that a later version has rewritten in its place is an alarm of its own too', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.write(`warm/${NOTES}`, ofLaterFormat(world.read(`warm/${NOTES}`)));
  for (const { alarms } of [await world.look(), await world.verify()]) {
    assert.deepEqual(
      alarms.map(({ path, remedy }) => [path, remedy.split(',')[0]]),
      [[`warm/${NOTES}`, 'Use a newer version of Firn']],
    );
  }
});

test('so are rows of a kind of database that only a later version knows: no damage', async (t) => {
  const world = await ArchivedWorld.of(t);
  const postgres = await sampleSegment('gzip', 1, 3, { dialect: 'postgres' });
  const { content } = await forged(postgres.file, (footer) => {
    footer.dialect = 'oracle';
  });
  const path = 'warm/2026-01-16/tool_uses.jsonl.gz';
  world.write(path, content);
  const { reconciled } = await world.run();
  assert.deepEqual(said(reconciled), [`alarm ${path}`]);
  for (const { alarms } of [await world.look(), await world.verify()])
    assert.deepEqual(
      alarms.map((alarm) => [alarm.path, alarm.kind]),
      [[path, 'later']],
    );
});

function said(reconciled: readonly Reconciled[]): string[] {
  return reconciled.map(({ action, subject }) => `${action} ${subject}`);
}
