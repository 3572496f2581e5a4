import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { KeyPrinter, type PrintSink } from '../../format/line/key-print.ts';
import { readBlocks } from '../../format/segment/prove.ts';
import { release } from '../../format/segment/release.ts';
import type { Footer } from '../../format/segment/segment.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { PrintSet } from '../archived/print-set.ts';
import { type DoubledKey, DoublesFound } from './doubles.ts';

/** A key of hot is read in an eighth of the time in which one is looked for. */
const ASKED_INSTEAD = 8;

/** What is to be done about keys that stand in hot too: nothing, their prints are compared, or hot is asked for each line. */
type HotCheck = 'none' | 'prints' | 'each';

/**
 * The keys of one table's finished segments, as prints taken from their blocks while these are proved. Equal prints, of two lines or of a line
 * and a row in hot, are only a suspicion: `find` reads such lines again and compares the keys. Tables without a primary key have no keys: nothing
 * tells their rows apart.
 */
export class ArchivedKeys {
  readonly #reader: HotReader;
  readonly #table: string;
  readonly #shape: TableShape | null;
  readonly #check: HotCheck;
  readonly #rows: number;
  readonly #passes: number;
  /** Segments whose key is not that of the table in hot now. */
  readonly #unlike = new Set<string>();
  readonly #repeated = new PrintSet();
  readonly #inHot = new PrintSet();
  #prints: PrintSet | null = null;

  /** `rows`: of all segments that may be given. */
  static async of(reader: HotReader, table: string, rows: number): Promise<ArchivedKeys> {
    const shape = await reader.shape(table);
    if (shape === null || shape.primaryKey.length === 0) {
      return new ArchivedKeys(reader, table, shape, 'none', rows);
    }
    const most = rows * ASKED_INSTEAD;
    const inHot = await reader.count(shape, most + 1);
    return new ArchivedKeys(
      reader,
      table,
      shape,
      inHot === 0 ? 'none' : inHot > most ? 'each' : 'prints',
      rows,
    );
  }

  private constructor(
    reader: HotReader,
    table: string,
    shape: TableShape | null,
    check: HotCheck,
    rows: number,
  ) {
    this.#reader = reader;
    this.#table = table;
    this.#shape = shape;
    this.#check = check;
    this.#rows = rows;
    this.#passes = Math.max(1, Math.ceil(rows / sizes.printedKeys));
  }

  /** Takes the prints of a segment's blocks, given one after the other, in the first of the passes; null when it has no keys. */
  taker(segment: string, footer: Footer, pass = 0): ((lines: Uint8Array) => void) | null {
    if (footer.primaryKey.length === 0) return null;
    if (this.#check !== 'none' && !isLike(footer, this.#shape!)) this.#unlike.add(segment);
    this.#prints ??= new PrintSet(Math.ceil(this.#rows / this.#passes));
    const prints = this.#prints;
    const sink = this.#passes === 1 ? prints : shareOf(prints, this.#passes, pass);
    const printer = this.#printer(footer.primaryKey, segment);
    return (lines) => printer.print(lines, sink);
  }

  /** To be called when every segment has given its prints. */
  async finish(): Promise<void> {
    const prints = this.#prints;
    if (prints === null) return;
    prints.sort();
    prints.repeatInto(this.#repeated);
    if (this.#check === 'prints') {
      const printer = this.#printer(this.#shape!.primaryKey, 'hot');
      const inHot = this.#inHot;
      const sink: PrintSink = {
        take: (low, high) => {
          if (prints.has(low, high)) inHot.take(low, high);
        },
      };
      for await (const lines of this.#reader.keys(this.#shape!)) printer.print(lines, sink);
    }
    this.#prints = null;
    for (const suspects of [this.#repeated, this.#inHot]) suspects.sort();
  }

  /** The keys that stand in more than one place, of these segments. All of them must have been given; the rest is left out. */
  async find(archive: ArchiveStore, sound: readonly Receipt[]): Promise<DoubledKey[]> {
    for (let pass = 1; pass < this.#passes; pass++) {
      for (const receipt of sound) await this.#reread(archive, receipt, pass);
      await this.finish();
    }
    const found = new DoublesFound(this.#table);
    for (const receipt of sound) {
      const asks = this.#check === 'each' || this.#unlike.has(receipt.segment);
      if (asks || this.#repeated.size + this.#inHot.size > 0) await this.#look(archive, receipt, asks, found);
    }
    return found.list();
  }

  async #reread(archive: ArchiveStore, { segment, tier }: Receipt, pass: number): Promise<void> {
    await using stored = await openStored(archive, segment, tier);
    if (stored === null) return;
    let take: ReturnType<ArchivedKeys['taker']> = null;
    const onFooter = (footer: Footer): void => {
      take = this.taker(segment, footer, pass);
    };
    for await (const { lines } of readBlocks(stored.source, segment, {
      concurrency: sizes.keyBlocksAhead,
      onFooter,
    })) {
      (take as ReturnType<ArchivedKeys['taker']>)?.(lines);
      release(lines);
    }
  }

  /** Looks at the lines under suspicion. `asks`: whether hot is asked for each line. */
  async #look(
    archive: ArchiveStore,
    { segment, tier, archivedAt }: Receipt,
    asks: boolean,
    found: DoublesFound,
  ): Promise<void> {
    await using stored = await openStored(archive, segment, tier);
    if (stored === null) return;
    let primaryKey: readonly string[] = [];
    const onFooter = (footer: Footer): void => {
      primaryKey = footer.primaryKey;
    };
    for await (const { lines } of readBlocks(stored.source, segment, {
      concurrency: sizes.keyBlocksAhead,
      onFooter,
    })) {
      const [twice, hot]: [Uint8Array[], Uint8Array[]] = [[], []];
      const take: PrintSink['take'] = (low, high, start, end) => {
        if (this.#repeated.has(low, high)) twice.push(lines.subarray(start, end));
        if (asks || this.#inHot.has(low, high)) hot.push(lines.subarray(start, end));
      };
      this.#printer(primaryKey, segment).print(lines, { take });
      if (primaryKey.length > 0) for (const line of twice) found.add(segment, line, primaryKey);
      if (hot.length > 0) await found.addHot(this.#reader, this.#shape!, segment, archivedAt, hot);
    }
  }

  #printer(columns: readonly string[], path: string): KeyPrinter {
    const collated = this.#shape?.ddl.some((sql) => /\bcollate\b/i.test(sql)) ?? false;
    return new KeyPrinter(columns, collated, path);
  }
}

/** Prints of one part of the keys. */
function shareOf(prints: PrintSet, parts: number, part: number): PrintSink {
  return {
    take: (low, high) => {
      if ((high >>> 0) % parts === part) prints.take(low, high);
    },
  };
}

/** Whether the key's columns are called and declared in the segment as they are in the table: then equal keys are written with the same bytes. */
function isLike({ primaryKey, columns }: Footer, shape: TableShape): boolean {
  const typeIn = (all: Footer['columns'], name: string) => all.find((column) => column.name === name)?.type;
  return (
    primaryKey.length === shape.primaryKey.length &&
    primaryKey.every(
      (name, at) => name === shape.primaryKey[at] && typeIn(columns, name) === typeIn(shape.columns, name),
    )
  );
}
