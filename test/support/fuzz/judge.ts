import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { type Entry, type Found, KEYLESS } from './book.ts';
import type { FuzzWorld } from './world.ts';

/** What is not as it must be, a line each. */
export async function wrongRows(world: FuzzWorld): Promise<string[]> {
  const places = Map.groupBy(await world.found(), ({ uid }) => uid);
  const wrong: string[] = [];
  for (const [uid, entry] of world.book.entries) {
    const why = wrongWith(entry, places.get(uid) ?? []);
    if (why !== null) wrong.push(`${entry.table} ${uid} ${why}`);
    places.delete(uid);
  }
  for (const [uid, found] of places) wrong.push(`${uid} was never written, and is in ${listed(found)}`);
  return wrong;
}

function wrongWith(entry: Entry, found: readonly Found[]): string | null {
  const { presence, contents, content, copies, leasedUntil } = entry;
  if (found.length === 0) return presence === 'must' ? 'is lost' : null;
  if (presence === 'never') return `is back, in ${listed(found)}`;
  const hot = found.filter(({ place }) => place === 'hot');
  const archived = found.filter(({ place }) => place !== 'hot');
  for (const row of found) if (!contents.has(row.content)) return `reads ${row.content} in ${row.place}`;
  const own = hot.filter((row) => !isRestoredVersion(entry, row, archived));
  if (own.some((row) => row.content !== content)) return `reads as before it was changed, in hot`;
  if (hot.length > 0 && found.every((row) => row.content !== content))
    return 'reads as before it was changed';
  // Beside an older database a row with one more column is another version of it.
  const distinct = new Set(archived.map((row) => row.cells)).size;
  const again = hot.some(({ cells }) => archived.some((row) => row.cells === cells));
  const fine =
    own.length <= 1 &&
    new Set(hot.map((row) => row.cells)).size === hot.length &&
    distinct === archived.length &&
    (!again || leasedUntil !== null) &&
    (copies === 'versions' || archived.length <= 1) &&
    (copies === 'versions' || leasedUntil !== null || found.length === 1);
  return fine ? null : `is in ${listed(found)}`;
}

/**
 * Whether a row of hot is under a lease just as the archive has it. Where there is no key, each archived version of a row is restored beside the
 * others: one that was changed while it was leased, and archived as another row then.
 */
function isRestoredVersion(
  { table, copies, leasedUntil }: Entry,
  { cells }: Found,
  archived: readonly Found[],
): boolean {
  const isLeased = table === KEYLESS && copies === 'versions' && leasedUntil !== null;
  return isLeased && archived.some((row) => row.cells === cells);
}

/** What the next judgement may rely on: nothing is under way, so what is there stays, and what is not there stays away. */
export async function remember(world: FuzzWorld): Promise<void> {
  const places = Map.groupBy(await world.found(), ({ uid }) => uid);
  for (const [uid, entry] of world.book.entries) {
    const found = places.get(uid) ?? [];
    entry.presence = found.length === 0 ? 'never' : 'must';
    entry.former.clear();
    if (found.length > 1) continue;
    entry.copies = 'one';
    entry.leasedUntil = null;
    entry.contents.clear();
    if (found.length === 1) entry.content = found[0]!.content;
    entry.contents.add(entry.content);
  }
}

/** Asks `search` for every row, and holds the answer against what there is. `whole`: each row that is there must come once. */
export async function wrongAnswers(world: FuzzWorld, whole: boolean): Promise<string[]> {
  await using reader = await openSqliteReader(world.database);
  await using lookup = openSqliteLookup(world.database);
  const archive = world.place.open(world.clock, null);
  const tables = world.tables.map(({ name }) => name);
  const { policies } = world;
  const found = search(
    { hot: { reader, lookup }, archive, dialect: reader.dialect, policies },
    everything(tables),
  );
  const answers = new Map<number, number>();
  for await (const hit of found) {
    const uid = Number(rowOf(hit).uid);
    answers.set(uid, (answers.get(uid) ?? 0) + 1);
  }
  const wrong = found.report.problems.map(({ path, why }) => `search: ${path}: ${why}`);
  const places = whole ? Map.groupBy(await world.found(), ({ uid }) => uid) : null;
  for (const [uid, entry] of world.book.entries) {
    const times = answers.get(uid) ?? 0;
    answers.delete(uid);
    if (entry.erasing) continue;
    const expected = places?.get(uid)?.length ?? (entry.presence === 'must' ? 1 : 0);
    const name = `${entry.table} ${uid}`;
    if (times === 0 && entry.presence === 'must') wrong.push(`search hides ${name}`);
    const plain = entry.copies === 'one' && entry.leasedUntil === null;
    if (times > 1 && plain) wrong.push(`search gives ${name} ${times} times`);
    if (whole && entry.leasedUntil === null && times !== expected)
      wrong.push(`search gives ${name} ${times} times, and it is in ${expected} places`);
    if (whole && times > 0 && expected === 0) wrong.push(`search gives ${name}, which is nowhere`);
  }
  for (const uid of answers.keys()) wrong.push(`search gives ${uid}, which nobody wrote`);
  return wrong;
}

function listed(found: readonly Found[]): string {
  return found.map(({ place }) => place).join(' and ');
}
