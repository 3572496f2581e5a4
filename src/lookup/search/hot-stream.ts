import type { HotFinding, HotRow } from '../../hot/hot-lookup.ts';
import type { Query } from '../read/query.ts';
import type { Hit } from './hit.ts';

/** The hot rows that were found of one table, one after the other. */
export class HotStream {
  /** The next row; null before the first `advance` and behind the last row. */
  first: Hit | null = null;
  readonly #rows: AsyncIterator<HotRow>;
  readonly #table: string;
  readonly #keyColumns: readonly string[];
  readonly #order: Query['order'];
  #position = 0;

  constructor(finding: HotFinding, table: string, keyColumns: readonly string[], order: Query['order']) {
    this.#rows = finding.rows()[Symbol.asyncIterator]();
    this.#table = table;
    this.#keyColumns = keyColumns;
    this.#order = order;
  }

  async advance(): Promise<void> {
    const next = await this.#rows.next();
    this.first = next.done ? null : this.#hit(next.value);
  }

  #hit({ time, line }: HotRow): Hit {
    const order = time === null ? Number.POSITIVE_INFINITY : this.#order === 'oldest' ? time : -time;
    // Behind every segment of its table.
    const place = `${this.#table}\0\u{10ffff}\0${String(this.#position++).padStart(12, '0')}`;
    return {
      ...{ table: this.#table, tier: 'hot', time, line, segment: null, keyColumns: this.#keyColumns },
      ...{ order, place },
    };
  }
}
