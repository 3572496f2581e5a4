import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBundle } from '../../../src/format/bundle/bundle-reader.ts';
import { bundlePath } from '../../../src/format/segment-names.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { addHold, removeHold } from '../../../src/lifecycle/archived/place-hold.ts';
import { drawUpAccounts } from '../../../src/lifecycle/verify/conservation.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { readBytes, refusesWith } from '../../support/archives/archive.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import {
  CleanupTrial,
  FIRST_CLEANUP,
  LAST_CLEANUP,
  prepareCleanup,
  SECOND_CLEANUP,
} from '../../support/cleanup-trial.ts';

const BUNDLE = bundlePath('2026-01');
const archived = await prepareCleanup([]);
const bundled = await prepareCleanup([FIRST_CLEANUP]);

async function receiptsOf(trial: CleanupTrial): Promise<readonly Receipt[]> {
  await using store = await openSqliteStore(trial.database);
  return await store.ledger.receipts();
}

async function hold(trial: CleanupTrial, table: string, ...conditions: string[]): Promise<number> {
  await using store = await openSqliteStore(trial.database);
  const made = await addHold(
    { store, archive: trial.archive(), clock: standingClock(FIRST_CLEANUP) },
    { table, conditions: conditions.map(parseCondition), reason: 'the audit' },
  );
  return made.id;
}

async function paths(trial: CleanupTrial): Promise<string[]> {
  return (await trial.archive().list(''))
    .map(({ path }) => path)
    .filter((path) => /^(warm|cold)\//.test(path));
}

test('due segments move into their month, byte for byte, and the empty day folder goes', async () => {
  await using trial = new CleanupTrial(archived, FIRST_CLEANUP);
  const before = await paths(trial);
  const report = await trial.clean();
  const { status, segments, removedWarm, bundles } = report.consolidation;
  // bare has no cold time: its day is purged instead.
  assert.deepEqual([status, segments, removedWarm, bundles], ['success', 2, 2, [BUNDLE]]);
  assert.deepEqual([report.purge.segments, report.purge.files], [1, ['warm/2026-01-10/bare.jsonl']]);
  const after = await paths(trial);
  assert.deepEqual(after, [BUNDLE, ...before.filter((path) => !path.startsWith('warm/2026-01-10'))]);
  await assert.rejects(trial.disk.lstat('/archive/warm/2026-01-10'), { code: 'ENOENT' });
  await trial.check();
});

test('the conservation account closes after moving and purging', async () => {
  await using trial = new CleanupTrial(bundled, SECOND_CLEANUP);
  const { purge, consolidation } = await trial.clean();
  assert.ok(purge.rows > 0 && consolidation.rows > 0);
  const receipts = await receiptsOf(trial);
  for (const account of drawUpAccounts(receipts)) assert.ok(account.balanced, JSON.stringify(account));
  const purged = receipts.filter(({ state }) => state === 'purged');
  assert.deepEqual([...new Set(purged.map(({ purgedAt }) => purgedAt))].sort(), [
    '2026-02-17T12:00:00Z',
    '2026-02-28T12:00:00Z',
  ]);
});

test('--older-than moves what is younger, and purges nothing more', async () => {
  await using trial = new CleanupTrial(archived, Date.parse('2026-02-11T00:00:00Z'));
  const { consolidation, purge } = await trial.clean(undefined, { olderThanMs: 0 });
  assert.equal(consolidation.segments, 6);
  assert.equal(purge.segments, 0);
  await trial.check();
});

test('each half alone leaves the other undone', async () => {
  await using first = new CleanupTrial(bundled, SECOND_CLEANUP);
  const moved = await first.clean(undefined, { only: 'consolidate' });
  assert.deepEqual([moved.purge.status, moved.purge.segments], ['skipped', 0]);
  assert.ok(moved.consolidation.segments > 0);
  await using second = new CleanupTrial(bundled, SECOND_CLEANUP);
  const purged = await second.clean(undefined, { only: 'purge' });
  assert.deepEqual([purged.consolidation.status, purged.consolidation.segments], ['skipped', 0]);
  assert.ok(purged.purge.segments > 0);
});

test('purging more than half of all rows is refused without consent, and nothing is changed', async () => {
  await using trial = new CleanupTrial(bundled, Date.parse('2028-01-01T00:00:00Z'));
  const before = await paths(trial);
  const asked: string[] = [];
  const consent = async (question: string) => {
    asked.push(question);
    return false;
  };
  await refusesWith('refused', trial.clean(undefined, { consent }));
  await refusesWith('refused', trial.clean(undefined, { consent: undefined }));
  assert.match(asked[0]!, /more than half/);
  assert.deepEqual(await paths(trial), before);
  assert.equal((await trial.clean(undefined, { consent: async () => true })).purge.status, 'success');
});

test('a segment with a held row neither moves nor goes, says why, and does when released', async () => {
  await using trial = new CleanupTrial(bundled, LAST_CLEANUP);
  const id = await hold(trial, 'NOTES', 'RUN=run-1', 'n>9007199254740992');
  const { consolidation, purge } = await trial.clean();
  const kept = purge.kept.map(({ segment }) => segment);
  // Rows 1, 5, 9 … of run-1 stand on all three days; row 5 is open and still hot.
  assert.deepEqual(kept, [
    '2026-01-10/notes.jsonl.gz',
    '2026-01-11/notes.jsonl.gz',
    '2026-01-12/notes.jsonl.gz',
  ]);
  assert.match(purge.kept[0]!.reason, /hold 1 \(run=run-1 and n>9007199254740992\): the audit/);
  assert.equal(purge.segments, 2, 'bare');
  assert.equal(consolidation.segments, 2, 'pairs');
  {
    await using store = await openSqliteStore(trial.database);
    await removeHold(store.ledger, id);
    await refusesWith('not_found', removeHold(store.ledger, id));
  }
  await trial.clean();
  await trial.check();
});

test('a hold that matches no row of a segment keeps nothing', async () => {
  await using trial = new CleanupTrial(bundled, LAST_CLEANUP);
  await hold(trial, 'notes', 'run=run-7');
  assert.deepEqual((await trial.clean()).purge.kept, []);
  await trial.check();
});

test('a hold that could keep nothing is refused', async () => {
  await using trial = new CleanupTrial(archived, FIRST_CLEANUP);
  await refusesWith('usage', hold(trial, 'note', 'run=1'));
  await refusesWith('usage', hold(trial, 'notes', 'runs=1'));
  await refusesWith('usage', hold(trial, 'notes'));
});

test('a damaged warm file stays where it is, is an alarm, and does not keep the others from moving', async () => {
  await using trial = new CleanupTrial(archived, FIRST_CLEANUP);
  const path = 'warm/2026-01-10/notes.jsonl.gz';
  await damage(trial, path);
  const { consolidation, problems } = await trial.clean();
  assert.deepEqual([consolidation.status, consolidation.segments], ['partial', 1]);
  assert.deepEqual(
    problems.map((problem) => [problem.path, problem.alarm]),
    [[path, true]],
  );
  assert.ok((await paths(trial)).includes(path));
});

test('a damaged bundle is never replaced', async () => {
  await using trial = new CleanupTrial(bundled, SECOND_CLEANUP);
  // A segment that stays: notes is dropped from it.
  const { members } = await openBundle(new MemoryFile(await readBytes(trial.archive(), BUNDLE)), BUNDLE);
  const pairs = members.find(({ name }) => name.includes('pairs'))!;
  await damage(trial, BUNDLE, pairs.offset + pairs.headerBytes + 60);
  const before = await readBytes(trial.archive(), BUNDLE);
  const { consolidation, purge, problems } = await trial.clean();
  assert.deepEqual([consolidation.segments, consolidation.status, purge.status], [0, 'partial', 'partial']);
  assert.ok(problems.every(({ alarm }) => alarm) && problems.length > 0);
  assert.deepEqual(await readBytes(trial.archive(), BUNDLE), before);
});

test('the tombstone of a segment whose file is missing and whose time is over ends its alarm', async () => {
  await using trial = new CleanupTrial(bundled, LAST_CLEANUP);
  await trial.archive().remove('warm/2026-01-11/bare.jsonl');
  const first = await trial.clean();
  assert.equal(first.reconciled.filter(({ action }) => action === 'alarm').length, 1);
  const again = await trial.clean();
  assert.deepEqual(again.reconciled, []);
});

test('foreign files are left alone', async () => {
  await using trial = new CleanupTrial(archived, FIRST_CLEANUP);
  const file = await trial.archive().create('warm/2026-01-10/notes.txt');
  await file.write(Buffer.from('mine'));
  await file.sync();
  await file.publish();
  const { warnings } = await trial.clean();
  assert.deepEqual(warnings, [
    'warm/2026-01-10/notes.txt is ignored: its name is not the name of a Firn file',
  ]);
  assert.ok((await paths(trial)).includes('warm/2026-01-10/notes.txt'));
});

async function damage(trial: CleanupTrial, path: string, at = 100): Promise<void> {
  const archive = trial.archive();
  const bytes = Buffer.from(await readBytes(archive, path));
  bytes[at]! ^= 4;
  await archive.remove(path);
  const file = await archive.create(path);
  await file.write(bytes);
  await file.sync();
  await file.publish();
}
