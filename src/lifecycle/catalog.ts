import type { ArchiveStore } from '../archive/archive-store.ts';
import { parseSegmentName } from '../format/names.ts';
import type { Ledger } from '../hot/ledger.ts';
import type { Day } from '../model/instant.ts';

/** Numbers no part that was ever given away: neither to a receipt (tombstones included) nor to a file. */
export class PartNumbers {
  readonly #last = new Map<string, number>();
  /** Parts that files have, and what stands there in place of files. Somebody may have named one 999999999, and there must be a next one all the same. */
  readonly #names = new Set<string>();

  static async of(ledger: Ledger, archive: ArchiveStore): Promise<PartNumbers> {
    const numbers = new PartNumbers();
    for (const { table, day, part } of await ledger.receipts()) numbers.take(table, day, part);
    const files = (await archive.list('warm')).map(({ path }) => path);
    for (const path of [...files, ...(await archive.strays())]) {
      const name = parseSegmentName(path.replace(/^warm\//, ''));
      if (name !== null) numbers.#names.add(key(name.table, name.day, name.part));
    }
    return numbers;
  }

  /** The first free part; `take` it before the next is asked for. */
  next(table: string, day: Day): number {
    let part = (this.#last.get(key(table, day)) ?? 0) + 1;
    while (this.#names.has(key(table, day, part))) part++;
    return part;
  }

  take(table: string, day: Day, part: number): void {
    this.#last.set(key(table, day), Math.max(part, this.#last.get(key(table, day)) ?? 0));
  }
}

function key(table: string, day: Day, part: number | '' = ''): string {
  return `${day}/${part}/${table}`;
}
