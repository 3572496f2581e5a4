import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setSizes } from '../../../src/model/sizes.ts';
import { forEachStop } from '../../support/faults/each-stop.ts';
import { BoundWorld } from '../../support/worlds/bound-world.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

/** Message 5, whose part is unfinished, is of s9. */
const OPEN = 's9';
const STAY_BY_RULE = ['s2', 's6', OPEN];
/** With the young one the newest three: two of January 12th. */
const STAY_AS_NEWEST = ['s5', 's8', OPEN];

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

/** The same world, in which units stay by a rule. */
class RuledWorld extends BoundWorld {
  readonly #stay: readonly string[];

  constructor(stay: readonly string[], ...given: Parameters<typeof sessionsCase>) {
    super(sessionsCase(...given));
    this.#stay = stay;
  }

  override async check(): Promise<void> {
    await super.check();
    this.write((db) => {
      const sessions = db.prepare("SELECT id FROM session WHERE id LIKE 's%' ORDER BY id").all();
      assert.deepEqual(
        sessions.map(({ id }) => id),
        this.#stay,
      );
      const messages = db.prepare("SELECT count(*) AS n FROM message WHERE session_id LIKE 's%'").get()!;
      assert.ok(Number(messages.n) > this.#stay.length, 'with their messages');
    });
  }
}

test('stopped anywhere, units that hot_rules of the parent or of a child keep stay, and only they', async (t) => {
  const rule = (where: string) => ({ hotRules: [{ where, hotMs: 1000 * 86_400_000 }] });
  const given = { session: rule("id = 's2'"), note: rule("session_id = 's6'") };
  await forEachStop(t, async () => new RuledWorld(STAY_BY_RULE, given), {
    ...{ stopRecovery: true, seed: 11 },
    ...(thorough ? {} : { sample: 8 }),
  });
});

test('stopped anywhere, what the newest units refer to stays with them, in whole units, and nothing else', async (t) => {
  // The newest three by keep_last; a message of s5, one of them, replies to a message of s1.
  const keep = { references: 'keep' } as const;
  const given = { session: { ...keep, keepLast: 3 }, message: keep };
  const bookmarked = 's6';
  const reply =
    "UPDATE message SET reply_to = (SELECT min(id) FROM message WHERE session_id = 's1') WHERE id = (SELECT max(id) FROM message WHERE session_id = 's5');";
  const stay = [...STAY_AS_NEWEST, 's1', bookmarked].sort();
  await forEachStop(t, async () => new RuledWorld(stay, given, undefined, reply), {
    ...{ stopRecovery: true, seed: 19 },
    ...(thorough ? {} : { sample: 8 }),
  });
});

test('stopped anywhere, the newest units stay by keep_last, and only they', async (t) => {
  await forEachStop(t, async () => new RuledWorld(STAY_AS_NEWEST, { session: { keepLast: 3 } }), {
    ...{ stopRecovery: true, seed: 13 },
    ...(thorough ? {} : { sample: 8 }),
  });
});
