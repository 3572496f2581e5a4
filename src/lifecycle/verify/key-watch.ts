import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import { ArchivedKeys } from './archived-keys.ts';
import type { DoubledKey } from './doubles.ts';

/** Watches over the keys of segments that are read, table by table. */
export class KeyWatch {
  /** Tables whose rows in hot cannot be read (a collation that only the application has), and why: their keys are not compared. */
  readonly unread: { readonly table: string; readonly why: string }[] = [];
  readonly #reader: HotReader;
  readonly #tables = new Map<string, { waiting: Set<string>; rows: number; keys?: Promise<ArchivedKeys> }>();

  /** `receipts`: every segment that will be read and whose keys count. */
  constructor(reader: HotReader, receipts: readonly Receipt[]) {
    this.#reader = reader;
    for (const [table, group] of Map.groupBy(receipts, (receipt) => receipt.table)) {
      const rows = group.reduce((sum, receipt) => sum + receipt.rows, 0);
      this.#tables.set(table, { waiting: new Set(group.map(({ segment }) => segment)), rows });
    }
  }

  /** The keys of the receipt's table, to be given to; null when those of this segment do not count. */
  async tableOf({ table, segment }: Receipt): Promise<ArchivedKeys | null> {
    const own = this.#tables.get(table);
    if (own?.waiting.has(segment) !== true) return null;
    own.keys ??= ArchivedKeys.of(this.#reader, table, own.rows);
    const { keys } = own;
    return await this.#unlessUnread(table, () => keys, null);
  }

  /** To be called for every segment, when it was read or could not be. */
  async ended({ table, segment }: Receipt): Promise<void> {
    const own = this.#tables.get(table);
    if (own?.waiting.delete(segment) !== true || own.waiting.size > 0) return;
    const { keys } = own;
    if (keys !== undefined) await this.#unlessUnread(table, async () => (await keys).finish(), undefined);
  }

  /** The keys that stand in more than one place, of those segments that are sound. All have been read. */
  async find(archive: ArchiveStore, sound: readonly Receipt[]): Promise<DoubledKey[]> {
    const found: DoubledKey[] = [];
    for (const [table, receipts] of Map.groupBy(sound, (receipt) => receipt.table)) {
      const keys = this.#tables.get(table)?.keys;
      if (keys === undefined) continue;
      const own = await this.#unlessUnread(table, async () => (await keys).find(archive, receipts), []);
      found.push(...own);
    }
    return found;
  }

  /** What an action gives; `instead`, from then on, where the database rows of the table cannot be read. */
  async #unlessUnread<T>(table: string, action: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!isUnreadableTable(error)) throw error;
      this.#tables.delete(table);
      if (!this.unread.some((known) => known.table === table))
        this.unread.push({ table, why: error.message });
      return instead;
    }
  }
}
