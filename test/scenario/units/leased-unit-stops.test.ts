import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { placesAfterLeases, type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { datedReader } from '../../../src/stores/dated-reader.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import type { Stopper } from '../../support/faults/stopper.ts';
import { BoundWorld } from '../../support/worlds/bound-world.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';
import { tagsCreated, tagsIn, UnitsWorld } from '../../support/worlds/units-world.ts';

const DAY = 86_400_000;
const SOME = process.env.FIRN_THOROUGH === '1' ? {} : { sample: 16 };
const ARCHIVED = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'];
const ALL = everything(['session', 'message', 'part', 'note']);

// Several transactions a segment, several units a transaction, and several transactions of units.
setSizes({ restoredHotRows: 3, leaseEndRows: 7 });

const restoreAll = (run: RowRun): Promise<unknown> =>
  restoreIntoHot(run, ALL, { leaseUntil: instantOfMs(SMALL_NOW + DAY) });

/** Something done to a copy of a prepared world; `whole` is asked after each stop, `done` in the end. */
class UnitTrial implements Trial {
  readonly #folder = volatileFolder();
  readonly #now: number;
  readonly #act: (run: RowRun) => Promise<unknown>;
  readonly #claims: { readonly whole: (path: string) => void; readonly done: (folder: string) => void };

  constructor(
    prepared: UnitsWorld,
    now: number,
    act: (run: RowRun) => Promise<unknown>,
    claims: UnitTrial['claims'],
  ) {
    cpSync(prepared.folder, this.#folder, { recursive: true });
    [this.#now, this.#act, this.#claims] = [now, act, claims];
  }

  get claims(): { readonly whole: (path: string) => void; readonly done: (folder: string) => void } {
    return this.#claims;
  }

  async run(stopper: Stopper): Promise<void> {
    const { policies } = sessionsCase();
    await using store = datedReader(await openSqliteStore(join(this.#folder, 'data.db')), policies);
    await using lookup = openSqliteLookup(join(this.#folder, 'data.db'));
    const archive = stopper.archive(openFolder(join(this.#folder, 'archives')));
    await this.#act({
      store: stopper.hot(store),
      lookup,
      archive,
      policies,
      clock: standingClock(this.#now),
    });
  }

  async recover(stopper: Stopper): Promise<void> {
    this.#claims.whole(join(this.#folder, 'data.db'));
    await this.run(stopper);
  }

  async check(): Promise<void> {
    this.#claims.whole(join(this.#folder, 'data.db'));
    this.#claims.done(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }
}

/** No row in the database lacks the row that it belongs to, but for the orphan that was there before. */
function parentsArePresent(path: string): void {
  using db = new DatabaseSync(path, { readOnly: true });
  const lost = db
    .prepare(
      `SELECT tag FROM message WHERE session_id <> 'nobody' AND session_id NOT IN (SELECT id FROM session)
      UNION ALL SELECT tag FROM part WHERE message_id NOT IN (SELECT id FROM message)
      UNION ALL SELECT tag FROM note WHERE session_id NOT IN (SELECT id FROM session)`,
    )
    .all();
  assert.deepEqual(lost, []);
}

/** How often each row is in the archives, by its tag; read with zlib alone. */
function archivedTags(folder: string): Map<string, number> {
  const warm = join(folder, 'archives', 'warm');
  const files = (readdirSync(warm, { recursive: true }) as string[]).filter((name) => name.endsWith('.gz'));
  assert.ok(files.length > 0);
  const counts = new Map<string, number>();
  for (const file of files) {
    const lines = gunzipSync(readFileSync(join(warm, file)))
      .toString()
      .split('\n');
    for (const line of lines.filter((text) => text !== '' && !text.startsWith('{"_firn_'))) {
      const { tag } = JSON.parse(line) as { tag: string };
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
  }
  return counts;
}

test('a restore of whole units into hot may stop anywhere: no child is there without its parent', async (t) => {
  await using world = await UnitsWorld.archived();
  const done = (folder: string): void => {
    const archived = archivedTags(folder);
    for (const session of ARCHIVED) {
      assert.deepEqual(tagsIn(join(folder, 'data.db'), session), tagsCreated(session));
      for (const tag of tagsCreated(session)) assert.equal(archived.get(tag), 1, tag);
    }
  };
  await forEachStop(
    t,
    async () => new UnitTrial(world, SMALL_NOW, restoreAll, { whole: parentsArePresent, done }),
    { ...SOME, seed: 11, stopRecovery: true },
  );
});

test('leases of a unit end as a whole, wherever the run stops and whatever others changed', async (t) => {
  await using world = await UnitsWorld.archived();
  await world.change(restoreAll);
  world.write((db) =>
    db.exec(`UPDATE message SET tag = 'edited ' || id WHERE id = 3;
      INSERT INTO message (session_id, tag) VALUES ('s2', 'new of s2');
      DELETE FROM note WHERE session_id = 's5';
      UPDATE part SET state = 'reopened' WHERE message_id = 7;
      UPDATE _firn_leases SET until = until + ${30 * DAY * 1000} WHERE "table" = 'note' AND key LIKE 't' || hex('s6') || '%'`),
  );
  // Message 3 is of s4, part 7 of s5 (it has no key, so nobody can say that it is the same row).
  const before = new Map(ARCHIVED.map((session) => [session, tagsIn(world.database, session)]));
  const whole = (path: string): void => {
    for (const [session, tags] of before) {
      const hot = tagsIn(path, session);
      if (hot.length > 0) assert.deepEqual(hot, tags, `a part of ${session} left`);
    }
  };
  const done = (folder: string): void => {
    const archived = archivedTags(folder);
    const stay = ARCHIVED.filter((session) => tagsIn(join(folder, 'data.db'), session).length > 0);
    assert.deepEqual(stay, ['s2', 's4', 's5', 's6']);
    for (const session of ARCHIVED) {
      for (const tag of tagsCreated(session)) {
        const [inHot, count] = [
          before.get(session)!.includes(tag) && stay.includes(session),
          archived.get(tag) ?? 0,
        ];
        if (session === 's6') assert.equal(count, 1, `${tag} is leased still`);
        else if (tag === 'message 3') assert.equal(count, 0, 'the edited row replaces its line');
        // A row that may be another one: its line stays.
        else if (tag === 'part 7') assert.equal(count, 1);
        else assert.equal(count, inHot ? 0 : 1, `${tag} is in one place`);
      }
    }
  };
  const { actions } = await forEachStop(
    t,
    async () => new UnitTrial(world, SMALL_NOW + 2 * DAY, placesAfterLeases, { whole, done }),
    { ...SOME, seed: 12, stopRecovery: true },
  );
  assert.ok(actions.filter((action) => action.includes('rows.endUnits')).length > 2, actions.join(', '));
});

test('a held row keeps its whole unit, wherever the run stops', async (t) => {
  class HeldWorld extends BoundWorld {
    static async start(): Promise<HeldWorld> {
      const world = new HeldWorld(sessionsCase());
      await using store = await openSqliteStore(world.database);
      const conditions = [{ column: 'tag', op: '=', value: 'second part 20' }] as const;
      await store.ledger.addHold({
        table: 'part',
        conditions,
        reason: 'a case',
        createdAt: '2026-02-01T00:00:00Z',
      });
      return world;
    }

    override async check(): Promise<void> {
      await super.check();
      // Message 20 is of s6 (1 + 20 * 7 % 9).
      assert.deepEqual(tagsIn(this.database, 's6'), tagsCreated('s6'));
      for (const session of ['s1', 's2', 's3', 's4', 's5', 's7', 's8'])
        assert.deepEqual(tagsIn(this.database, session), [], session);
    }
  }
  await forEachStop(t, () => HeldWorld.start(), { ...SOME, seed: 13 });
});
