import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setSizes } from '../../../src/model/sizes.ts';
import { forEachStop } from '../../support/faults/each-stop.ts';
import { BoundWorld } from '../../support/worlds/bound-world.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

// Several ranges in a transaction, several transactions in a group, several groups a day.
setSizes({ unitRows: 4, groupRows: 12, firstDeletedRows: 5, fewestDeletedRows: 5, mostDeletedRows: 9 });

/** Once for each day: a part of one unit changes, another unit gets a message, a third loses a note. */
function others(db: DatabaseSync, segment: string): void {
  const day = segment.slice(0, 10);
  const [first, second, third] = db
    .prepare('SELECT id FROM session WHERE ts LIKE ? ORDER BY id')
    .all(`${day}%`)
    .map(({ id }) => String(id));
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'others'").get();
  if (known === undefined) db.exec('CREATE TABLE others (day TEXT PRIMARY KEY)');
  if (db.prepare('INSERT OR IGNORE INTO others VALUES (?)').run(day).changes === 0) return;
  db.prepare(
    "UPDATE part SET tag = 'changed ' || tag WHERE rowid = (SELECT min(rowid) FROM part WHERE session_id = ?)",
  ).run(first ?? '');
  if (second !== undefined)
    db.prepare("INSERT INTO message (session_id, tag) VALUES (?, 'new message ' || ?)").run(second, second);
  db.prepare('UPDATE seen_note SET gone = 1 WHERE tag IN (SELECT tag FROM note WHERE session_id = ?)').run(
    third ?? '',
  );
  db.prepare('DELETE FROM note WHERE session_id = ?').run(third ?? '');
}

test('stopped between any two actions, units stay whole, and the next run archives the rest', async (t) => {
  const { points } = await forEachStop(t, async () => new BoundWorld(sessionsCase()), {
    ...(thorough ? {} : { sample: 12 }),
    seed: 3,
  });
  assert.ok(points >= 12);
});

test('the same while others change, add and delete rows of units that are being archived', async (t) => {
  await forEachStop(t, async () => new BoundWorld(sessionsCase({}, others)), {
    ...{ stopRecovery: true, seed: 5 },
    ...(thorough ? {} : { sample: 12 }),
  });
});

test('the same where references are kept', async (t) => {
  const keep = { references: 'keep' } as const;
  const given = sessionsCase({ session: keep, message: keep }, others);
  await forEachStop(t, async () => new BoundWorld(given), { ...(thorough ? {} : { sample: 12 }), seed: 7 });
});
