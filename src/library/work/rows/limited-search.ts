import type { Hit } from '../../../lookup/search/hit.ts';
import type { Search } from '../../../lookup/search/search-tiers.ts';
import { type SearchTotals, searchReportJson } from '../../answers/finding/search-answer.ts';

/** The first rows of a search that looks for one row more than the limit, to tell whether there are more. */
export class LimitedSearch implements Search {
  readonly #search: Search;
  readonly limit: number | null;
  /** Rows given out. */
  count = 0;
  more = false;

  constructor(search: Search, limit: number | null) {
    this.#search = search;
    this.limit = limit;
  }

  get report(): Search['report'] {
    return this.#search.report;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Hit, void, void> {
    for await (const hit of this.#search) {
      if (this.count === this.limit) {
        // Asked for to see whether it is there, and no answer.
        this.more = true;
        this.report.rows[hit.tier]--;
        return;
      }
      this.count++;
      yield hit;
    }
  }

  /** @param stopped why the search ended before its end; null when it did not. */
  totals(stopped: string | null = null): SearchTotals {
    const report = searchReportJson(this.report);
    const complete = report.complete && !this.more && stopped === null;
    return { count: this.count, ...report, complete, more: this.more, stopped };
  }
}
