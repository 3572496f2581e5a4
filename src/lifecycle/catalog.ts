import type { ArchiveStore } from '../archive/archive-store.ts';
import { parseSegmentName } from '../format/names.ts';
import type { Ledger } from '../hot/ledger.ts';
import type { Day } from '../model/instant.ts';

/** Numbers no part that was ever given away: neither to a receipt (tombstones included) nor to a file. */
export class PartNumbers {
  readonly #last = new Map<string, number>();

  static async of(ledger: Ledger, archive: ArchiveStore): Promise<PartNumbers> {
    const numbers = new PartNumbers();
    for (const receipt of await ledger.receipts()) numbers.#note(receipt.table, receipt.day, receipt.part);
    for (const { path } of await archive.list('warm')) {
      const name = parseSegmentName(path.slice('warm/'.length));
      if (name !== null) numbers.#note(name.table, name.day, name.part);
    }
    return numbers;
  }

  /** The first free part; `take` it before the next is asked for. */
  next(table: string, day: Day): number {
    return (this.#last.get(key(table, day)) ?? 0) + 1;
  }

  take(table: string, day: Day, part: number): void {
    this.#note(table, day, part);
  }

  #note(table: string, day: Day, part: number): void {
    this.#last.set(key(table, day), Math.max(part, this.#last.get(key(table, day)) ?? 0));
  }
}

function key(table: string, day: Day): string {
  return `${day}/${table}`;
}
