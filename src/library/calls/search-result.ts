import { FirnError } from '../../model/errors.ts';
import type { Stores } from '../../operate/stores.ts';
import type { SearchAnswer, SearchHit, SearchTotals } from '../answers/finding/search-answer.ts';
import type { SearchOptions } from '../options/row-options.ts';
import { searchQuery } from '../options/row-request.ts';
import type { LimitedSearch } from '../work/rows/limited-search.ts';
import type { Turns } from './turns.ts';

/**
 * The rows of a search, found while they are taken, with bounded memory however many there are. They can be taken once. Nothing is opened before the
 * first row is asked for; stop taking rows and everything is closed.
 */
export interface SearchResult extends AsyncIterable<SearchHit> {
  /**
   * What was found and read so far, and what could not be read. Look at `complete` before you take the rows to be all. Throws `usage` before the
   * first row was asked for.
   */
  totals(): SearchTotals;
  /** All rows at once, with the totals: for results that fit into memory. */
  all(): Promise<SearchAnswer>;
}

/** Starts nothing yet. Throws `usage` for options that cannot be read. */
export function searchResult(stores: Stores, turns: Turns, options: SearchOptions): SearchResult {
  const query = searchQuery(options, stores.clock.now());
  const { columns, limit = null, archivesOnly = false, tables = [], markReusedKeys: marks = true } = options;
  let found: LimitedSearch | null = null;
  let stopped: string | null = null;
  async function* rows(): AsyncGenerator<SearchHit, void, void> {
    if (found !== null) throw taken('the rows of a search can be taken once', 'Search again.');
    const signal = turns.begin('search', options.signal);
    stopped = 'not all rows were taken';
    try {
      const [{ search }, { resolveTables }, limited, { searchHitJson }] = await Promise.all([
        import('../../lookup/search/search-tiers.ts'),
        import('../../lookup/places/known-tables.ts'),
        import('../work/rows/limited-search.ts'),
        import('../answers/finding/search-answer.ts'),
      ]);
      const hotOnly = query.tiers.size === 1 && query.tiers.has('hot');
      await using places = await stores.openSearching({ archivesOnly, hotOnly });
      const all = { ...query, tables: await resolveTables(places, tables) };
      const searching = search(places, all, { signal, marks, columns: columns ?? [] });
      found = new limited.LimitedSearch(searching, limit);
      for await (const hit of found) yield searchHitJson(hit, columns ?? null);
      stopped = null;
    } catch (error) {
      stopped = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }
  const totals = (): SearchTotals => {
    if (found === null) throw taken('no row was asked for yet', 'Take the rows first.');
    return found.totals(stopped);
  };
  return {
    [Symbol.asyncIterator]: rows,
    totals,
    all: async () => {
      const hits: SearchHit[] = [];
      for await (const hit of rows()) hits.push(hit);
      return { command: 'search', hits, ...totals() };
    },
  };
}

function taken(message: string, hint: string): FirnError {
  return new FirnError('usage', message, { operation: 'search', hint });
}
