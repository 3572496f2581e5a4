import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { type Moment, type Program, record } from '../../support/faults/recorded-run.ts';
import type { RowBook } from '../../support/faults/rows/row-book.ts';
import { archiving, bystander, conserved, smallWorld } from '../../support/worlds/archive-world.ts';

const CHANGED = ['note-3', 'note-4', 'note-20'];

/** Changes some rows that are due. */
const changing: Program = async ({ databasePath, hot }) => {
  await using store = hot(await openSqliteStore(databasePath));
  using db = new DatabaseSync(databasePath);
  for (const id of CHANGED) db.prepare("UPDATE notes SET words = 'newer' WHERE id = ?").run(id);
  // Only a call of the store is seen by the recorder.
  await store.ledger.addHold({ table: 'nothing', conditions: [], reason: 'a commit', createdAt: '' });
};

/** Each row as it was or as it was changed: putting the database back takes changes back. */
function withBothVersions(book: RowBook): RowBook {
  for (const id of CHANGED) {
    const key = JSON.stringify([`text ${id}`]);
    const [before] = book.table('notes').get(key)!.versions;
    book.attempted('notes', key, { ...before!, words: 'text newer' });
  }
  return book;
}

/** The database as an earlier moment had it, and the disk as a later one has. */
function restored(earlier: Moment, later: Moment): Moment {
  return { ...later, action: `put back to ${earlier.action}`, commits: earlier.commits.slice(-1) };
}

async function life(): Promise<{ readonly book: RowBook; readonly moments: readonly Moment[] }> {
  const { start, book } = smallWorld();
  const changed = await record(start, changing);
  const archived = await record(changed.at(-1)!, archiving());
  return { book: withBothVersions(book), moments: [start, ...archived] };
}

test('a database put back to any of its earlier states: no row is archived twice, and both versions of a changed row stay', async (t) => {
  const { book, moments } = await life();
  const last = moments.at(-1)!;
  let [tried, refused] = [0, 0];
  const images = new Set<string>();
  for (const earlier of moments) {
    const image = earlier.commits.at(-1)!;
    if (images.has(image.print)) continue;
    images.add(image.print);
    const state = restored(earlier, last);
    const check = (left: Parameters<typeof conserved>[1]) => conserved(book, left, { bothVersions: true });
    try {
      await record(state, archiving(), check);
    } catch (error) {
      // From before the two were paired: nobody can know that they belong together.
      assert.ok(error instanceof FirnError && error.code === 'refused', String(error));
      assert.match(error.hint!, /--adopt/);
      refused++;
      await record(state, archiving({ adopt: true }), check);
    }
    tried++;
  }
  t.diagnostic(`${t.name}: ${tried} earlier states, ${refused} of them from before the pairing`);
  assert.ok(tried > 25 && refused === 2, `${tried} states, ${refused} refused`);
});

test('a database and an archive put back to different states, whichever is the older, lose no row that either holds', async (t) => {
  const { book, moments } = await life();
  const paired = moments.findIndex(({ action }) => action.startsWith('link /archive/warm'));
  let tried = 0;
  for (let at = paired; at < moments.length; at += 9) {
    for (let later = at; later < moments.length; later += 7, tried++) {
      await record(restored(moments[at]!, moments[later]!), archiving(), (left) =>
        conserved(book, left, { bothVersions: true }),
      );
    }
  }
  t.diagnostic(`${t.name}: ${tried} pairs`);
});

test('nor when segments were rewritten since, because others changed rows that were being copied', async (t) => {
  const { start, book } = smallWorld();
  const moments = await record(start, archiving({ meanwhile: bystander }));
  const paired = moments.findIndex(({ action }) => action.startsWith('link /archive/warm'));
  let tried = 0;
  for (const earlier of moments.slice(paired)) {
    if (!earlier.action.startsWith('ledger.') && !earlier.action.startsWith('hot.')) continue;
    tried++;
    await record(restored(earlier, moments.at(-1)!), archiving(), (left) =>
      conserved(book, left, { bothVersions: true }),
    ).catch((cause: Error) => {
      throw new Error(`put back to ${earlier.action}, ${tried}: ${cause.message}`, { cause });
    });
  }
  t.diagnostic(`${t.name}: ${tried} earlier states`);
});
