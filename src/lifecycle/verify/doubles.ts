import { hash } from 'node:crypto';
import { decodeLine, InvalidText, type Row } from '../../format/line/line.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { TableShape } from '../../model/shape.ts';

/** Keys of one table that stand in more than one place. */
export interface DoubledKey {
  readonly table: string;
  /** The key's values, in words: `["run-7", 5, x'00ff']`. */
  readonly key: string;
  /** `hot`, or segments, in the order they were met. */
  readonly places: readonly string[];
  /** True when all places hold the same row: a row doubled. False: two versions of it, or two rows that had the same key one after the other. */
  readonly identical: boolean;
  /** The row in hot was restored under a lease: it stands in both places on purpose. */
  readonly leased: boolean;
}

/** Tells which of the lines it is given stand in more than one place, by their keys. */
export class DoublesFound {
  readonly #table: string;
  readonly #met = new Map<string, { places: string[]; contents: Set<string> }>();
  readonly #inHot: DoubledKey[] = [];

  constructor(table: string) {
    this.#table = table;
  }

  /** A line of a segment whose key may stand in other lines that are given. */
  add(segment: string, line: Uint8Array, primaryKey: readonly string[]): void {
    const row = decodeLine(line);
    if (!isIdentified(row, primaryKey)) return;
    const key = keyText(row, primaryKey);
    const met = this.#met.get(key) ?? { places: [], contents: new Set() };
    met.places.push(segment);
    met.contents.add(contentPrint(row));
    this.#met.set(key, met);
  }

  /** Lines of a segment whose keys may stand in hot. */
  async addHot(
    reader: HotReader,
    shape: TableShape,
    segment: string,
    archivedAt: string,
    lines: readonly Uint8Array[],
  ): Promise<void> {
    const present = await reader.present(shape, lines);
    if (present.length === 0) return;
    const same = new Set(await reader.standing(shape, archivedAt, lines));
    const leased = new Set(await reader.leased(shape, lines));
    for (const position of present) {
      const row = decodeLine(lines[position]!);
      if (!isIdentified(row, shape.primaryKey)) continue;
      const key = keyText(row, shape.primaryKey);
      const places = [segment, 'hot'];
      const about = { table: this.#table, key: keyWords(key), places, leased: leased.has(position) };
      this.#inHot.push({ ...about, identical: same.has(position) });
    }
  }

  list(): DoubledKey[] {
    const inSegments = [...this.#met].filter(([, { places }]) => places.length > 1);
    return [
      ...inSegments.map(([key, { places, contents }]) => {
        return {
          table: this.#table,
          key: keyWords(key),
          places,
          identical: contents.size < places.length,
          leased: false,
        };
      }),
      ...this.#inHot,
    ];
  }
}

/** SQLite lets any number of rows have a key with a NULL in it: see `keylessDoubles`. */
function isIdentified(row: Row, primaryKey: readonly string[]): boolean {
  return primaryKey.every((column) => row[column] !== null);
}

function keyText(row: Row, primaryKey: readonly string[]): string {
  return JSON.stringify(primaryKey.map((column) => plain(row[column])));
}

function keyWords(key: string): string {
  const values = JSON.parse(key) as (
    | string
    | null
    | Partial<Record<'integer' | 'real' | 'text' | 'blob', string>>
  )[];
  const words = values.map((value) => {
    if (value === null || typeof value === 'string') return JSON.stringify(value);
    const bytes = value.blob ?? value.text;
    return bytes === undefined
      ? (value.integer ?? value.real)
      : `x'${Buffer.from(bytes, 'base64').toString('hex')}'`;
  });
  return `[${words.join(', ')}]`;
}

/** What a row holds, apart from when it was archived. */
function contentPrint(row: Row): string {
  const { _archived_at, ...own } = row;
  return hash(
    'sha256',
    JSON.stringify(Object.entries(own).map(([column, value]) => [column, plain(value)])),
    'hex',
  );
}

function plain(value: Row[string] | undefined): unknown {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (value instanceof InvalidText) return { text: Buffer.from(value.bytes).toString('base64') };
  if (value instanceof Uint8Array) return { blob: Buffer.from(value).toString('base64') };
  return typeof value === 'number' ? { real: Object.is(value, -0) ? '-0' : String(value) } : value;
}
