import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ArchiveTrial } from '../support/archive-trial.ts';
import { forEachStop } from '../support/faults/each-stop.ts';
import { RowBook } from '../support/faults/row-book.ts';
import { Stopper } from '../support/faults/stopper.ts';

test('archiving may stop between any two actions, and the next run completes it', async (t) => {
  const { points } = await forEachStop(t, async () => new ArchiveTrial());
  assert.ok(points > 100, `${points} points`);
});

test('recovery may stop too', async (t) => {
  await forEachStop(t, async () => new ArchiveTrial(), { stopRecovery: true, seed: 7 });
});

test('archiving may stop between any two actions while others change rows that are being copied', async (t) => {
  await forEachStop(t, async () => new ArchiveTrial(changeOneRowOfEachSegment), {
    stopRecovery: true,
    seed: 11,
  });
});

test('after a run that nothing disturbed a second run finds nothing to do', async () => {
  await using trial = new ArchiveTrial();
  await trial.run(new Stopper(null));
  const again = new Stopper(null);
  await trial.run(again);
  assert.deepEqual(
    again.actions.filter((action) => /create|publish|drain/.test(action)),
    [],
  );
});

/** A bystander changes, deletes and adds rows between copy and drain. */
function changeOneRowOfEachSegment(path: string, segment: string, book: RowBook): void {
  using db = new DatabaseSync(path, { timeout: 5000 });
  const day = segment.slice(0, 10);
  db.prepare(
    "UPDATE notes SET words = words || ' changed by another' WHERE id = (SELECT min(id) FROM notes WHERE substr(ts, 1, 10) = ?)",
  ).run(day);
  for (const [table, rows] of RowBook.photograph(path, ['notes', 'pairs', 'bare']).tables) {
    for (const [key, { versions }] of rows) book.stored(table, key, versions[0]!);
  }
}
