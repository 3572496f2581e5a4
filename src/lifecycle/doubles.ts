import { hash } from 'node:crypto';
import type { ArchiveStore } from '../archive/archive-store.ts';
import { openStored } from '../archive/stored-segment.ts';
import { decodeLine, InvalidText, type Row, splitLines } from '../format/line.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';

/** Keys of one table that stand in more than one place. */
export interface DoubledKey {
  readonly table: string;
  /** The key's values, as JSON. */
  readonly key: string;
  /** `hot`, or segments, in the order they were met. */
  readonly places: readonly string[];
  /** True when all places hold the same row: a row doubled. False: two versions of it, or two rows that had the same key one after the other. */
  readonly identical: boolean;
}

/** Keys compared in one pass over a table's segments: 8 bytes each. A larger table takes more passes. */
const KEYS_A_PASS = 6_000_000;

/**
 * Finds rows of finished segments that stand in two segments, or in a segment and in hot. Tables without a primary key are left out: nothing tells their
 * rows apart. Memory is bounded by the pass.
 */
export async function findDoubles(
  reader: HotReader,
  archive: ArchiveStore,
  table: string,
  receipts: readonly Receipt[],
): Promise<DoubledKey[]> {
  const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, 0);
  const passes = Math.max(1, Math.ceil(rows / KEYS_A_PASS));
  const suspects = new Set<bigint>();
  for (let pass = 0; pass < passes; pass++) {
    const prints = new BigUint64Array(rows);
    let count = 0;
    for await (const { print } of keysOf(archive, receipts)) {
      if (Number(print % BigInt(passes)) === pass) prints[count++] = print;
    }
    const sorted = prints.subarray(0, count).sort();
    for (let i = 1; i < count; i++) if (sorted[i] === sorted[i - 1]) suspects.add(sorted[i]!);
  }
  const found = new Map<string, { places: string[]; contents: Set<string> }>();
  for await (const { print, key, content, segment } of keysOf(archive, receipts, suspects)) {
    if (!suspects.has(print)) continue;
    const seen = found.get(key) ?? { places: [], contents: new Set() };
    found.set(key, { places: [...seen.places, segment], contents: seen.contents.add(content) });
  }
  const doubled = [...found]
    .filter(([, { places }]) => places.length > 1)
    .map(([key, { places, contents }]) => ({ table, key, places, identical: contents.size < places.length }));
  return [...doubled, ...(await alsoHot(reader, archive, table, receipts))];
}

async function alsoHot(
  reader: HotReader,
  archive: ArchiveStore,
  table: string,
  receipts: readonly Receipt[],
): Promise<DoubledKey[]> {
  const shape = await reader.shape(table);
  if (shape === null || shape.primaryKey.length === 0) return [];
  const found: DoubledKey[] = [];
  for (const { segment, tier, archivedAt } of receipts) {
    await using stored = await openStored(archive, segment, tier);
    if (stored === null) continue;
    const segmentReader = await openSegment(stored.source, segment);
    for (let block = 0; block < segmentReader.footer.blocks.length; block++) {
      const lines = splitLines(await segmentReader.block(block));
      const present = await reader.present(shape, lines);
      if (present.length === 0) continue;
      const same = new Set(await reader.standing(shape, archivedAt, lines));
      for (const position of present) {
        const key = keyText(decodeLine(lines[position]!), shape.primaryKey);
        found.push({ table, key, places: [segment, 'hot'], identical: same.has(position) });
      }
    }
  }
  return found;
}

async function* keysOf(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
  wanted?: ReadonlySet<bigint>,
): AsyncGenerator<{ print: bigint; key: string; content: string; segment: string }> {
  if (wanted?.size === 0) return;
  for (const { segment, tier } of receipts) {
    await using stored = await openStored(archive, segment, tier);
    if (stored === null) continue;
    const reader = await openSegment(stored.source, segment);
    const { primaryKey } = reader.footer;
    if (primaryKey.length === 0) return;
    for await (const line of reader.lines()) {
      const row = decodeLine(line);
      const key = keyText(row, primaryKey);
      const content = wanted === undefined ? '' : contentPrint(row);
      yield { print: hash('sha256', key, 'buffer').readBigUInt64LE(), key, content, segment };
    }
  }
}

function keyText(row: Row, primaryKey: readonly string[]): string {
  return JSON.stringify(primaryKey.map((column) => plain(row[column])));
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
