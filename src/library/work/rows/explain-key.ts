import { resolveTables } from '../../../lookup/places/known-tables.ts';
import type { Places } from '../../../lookup/places/places.ts';
import type { Problem } from '../../../lookup/places/search-report.ts';
import { type Explanation, explainRow } from '../../../lookup/search/explain-row.ts';
import { keysBeginning } from '../../../lookup/search/key-prefix.ts';
import { FirnError } from '../../../model/errors.ts';
import { type Instant, instantOfMs } from '../../../model/instant.ts';
import { plural } from '../../../operate/amounts.ts';
import type { Stores } from '../../../operate/stores.ts';

/** A row that was looked for by its key, or by the beginning of it. */
export interface ExplainedKey {
  readonly found: Explanation;
  /** The whole key. */
  readonly key: readonly string[];
  readonly now: Instant;
  /** How the key was completed, and what was not searched for it. */
  readonly notes: readonly string[];
}

/**
 * Where the row of a primary key is and what becomes of it. Changes nothing.
 * @param given the values of the key in key order; the beginning of the last one is enough if no other key begins so.
 * @throws FirnError `usage` for a group, a wrong number of values, and a beginning of several keys.
 */
export async function explainKey(
  stores: Stores,
  target: string,
  given: readonly string[],
): Promise<ExplainedKey> {
  await using places = await stores.openSearching();
  const [table, ...others] = await resolveTables(places, [target], { exempt: true });
  if (table === undefined || others.length > 0) {
    throw new FirnError('usage', `${target} is a group, not a table. Pass the table of the row.`, {
      operation: 'explain the row',
      path: target,
    });
  }
  const now = instantOfMs(stores.clock.now());
  const exact = await explainRow(places, table, given, now);
  if (exact.places.length > 0) return { found: exact, key: given, now, notes: [] };
  const { key, problems, notes } = await wholeKey(places, exact, given);
  const whole = key === given ? exact : await explainRow(places, table, key, now);
  const known = new Set(whole.problems.map(({ segment }) => segment));
  const unread = problems.filter(({ segment }) => !known.has(segment));
  return { found: { ...whole, problems: [...whole.problems, ...unread] }, key, now, notes };
}

interface WholeKey {
  readonly key: readonly string[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * The one key that begins as given; `given` itself where none does.
 * @throws FirnError `usage` with the candidates where several do.
 */
async function wholeKey(
  places: Places,
  { table, keyColumns }: Explanation,
  given: readonly string[],
): Promise<WholeKey> {
  if (given.at(-1) === '') return { key: given, problems: [], notes: [] };
  const { keys, more, onlyNewest, problems } = await keysBeginning(places, table, keyColumns, given);
  const words = given.join(', ');
  const searched =
    onlyNewest === null
      ? []
      : [
          `Only the newest ${plural(onlyNewest, 'archive file')} of ${table} were searched for keys that begin with ${words}. Pass the whole key to search all.`,
        ];
  const [key, ...others] = keys;
  if (key === undefined) return { key: given, problems, notes: searched };
  if (others.length === 0) {
    const completed = `${words}: the only key that begins so is ${key.join(', ')}`;
    return { key, problems, notes: [...searched, completed] };
  }
  const list = keys.map((candidate) => candidate.join(' ')).join(', ');
  throw new FirnError(
    'usage',
    `${keys.length}${more ? ' or more' : ''} keys of ${table} begin with ${words}: ${list}`,
    { operation: 'explain the row', path: words, hint: 'Pass more of the key.' },
  );
}
