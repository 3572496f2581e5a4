import { InvalidText, type Row, type SqlValue } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import type { Condition } from '../../model/filter.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type Problem, type SearchReport } from '../places/search-report.ts';
import { archivedLines } from '../read/archived-lines.ts';
import { everything } from '../read/query.ts';
import { rowOf } from './hit.ts';

/** Keys that begin as told. */
export interface PrefixMatches {
  /** Each once; its values as conditions take them. No more than `MOST_CANDIDATES`. */
  readonly keys: readonly (readonly string[])[];
  readonly more: boolean;
  /** How many of the newest segments were searched where that was not all of them; else null. */
  readonly onlyNewest: number | null;
  /** Segments that could not be read: they may have more such keys. */
  readonly problems: readonly Problem[];
}

const MOST_CANDIDATES = 10;

/**
 * The keys of a table whose last value begins with a text, or with bytes in hexadecimal digits. Numbers have no prefixes. Bloom filters cannot
 * answer this, so files are read: up to `sizes.prefixBytes`, the newest first.
 * @param key the values before are whole.
 */
export async function keysBeginning(
  places: Places,
  table: string,
  columns: readonly string[],
  key: readonly string[],
): Promise<PrefixMatches> {
  const shape = (await places.hot?.reader.shape(table).catch(() => null)) ?? null;
  const last = columns.at(-1)!;
  const type = shape?.columns.find(({ name }) => name === last)?.type ?? '';
  const ranges = [
    textRange(last, key.at(-1)!),
    /char|clob|text/i.test(type) ? null : bytesRange(last, key.at(-1)!),
  ];
  const whole = columns.slice(0, -1).map((column, at): Condition => ({ column, op: '=', value: key[at]! }));
  const found = new Map<string, readonly string[]>();
  const report = emptyReport();
  let onlyNewest: number | null = null;
  for (const range of ranges) {
    if (range === null || found.size > 0) continue;
    const where = [...whole, ...range];
    const take = (row: Row): void => {
      const values = columns.map((column) => conditionText(row[column] ?? null));
      if (values.every((value) => value !== null)) found.set(JSON.stringify(values), values as string[]);
    };
    await fromHot(places, table, shape, where, take);
    onlyNewest = await fromArchive(places, table, where, take, report, () => found.size > MOST_CANDIDATES);
  }
  const keys = [...found.values()];
  return {
    keys: keys.slice(0, MOST_CANDIDATES),
    more: keys.length > MOST_CANDIDATES,
    onlyNewest,
    problems: uniqueProblems(report.problems),
  };
}

async function fromHot(
  { hot }: Places,
  table: string,
  shape: TableShape | null,
  where: readonly Condition[],
  take: (row: Row) => void,
): Promise<void> {
  if (hot === null || shape === null) return;
  try {
    await using finding = await hot.lookup.find(shape.table, shape, {
      ...{ where, among: null, text: null, timeColumn: null, since: null, until: null, erased: [] },
      ...{ order: 'oldest', limit: MOST_CANDIDATES + 1 },
    });
    for await (const { line } of finding.rows()) take(rowOf({ line, table }));
  } catch (error) {
    // That its database rows cannot be read was said by whoever looked for the whole key.
    if (!isUnreadableTable(error)) throw error;
  }
}

/** How many segments were read, when that were too many bytes; else null. */
async function fromArchive(
  places: Places,
  table: string,
  where: readonly Condition[],
  take: (row: Row) => void,
  report: SearchReport,
  isEnough: () => boolean,
): Promise<number | null> {
  let [read, bytes] = [0, 0];
  for await (const { ref, lines } of archivedLines(
    places,
    { ...everything([table]), where },
    { newestFirst: true, report },
  )) {
    if (isEnough()) return null;
    if (bytes > sizes.prefixBytes) return read;
    for await (const line of lines) take(rowOf({ line, table }));
    read++;
    bytes += ref.bytes;
  }
  return null;
}

function textRange(column: string, prefix: string): readonly Condition[] {
  return [
    { column, op: '>=', value: prefix },
    { column, op: '<', value: `${prefix}\u{10ffff}` },
  ];
}

/** Null where the text is no hexadecimal number of a few digits, with or without the hyphens of a UUID. */
function bytesRange(column: string, prefix: string): readonly Condition[] | null {
  const digits = prefix
    .replace(/^x'([0-9a-f]*)'?$/i, '$1')
    .replaceAll('-', '')
    .toLowerCase();
  if (!/^[0-9a-f]{2,}$/.test(digits)) return null;
  const least = digits.padEnd(digits.length + (digits.length % 2), '0');
  const next = (BigInt(`0x${digits}`) + 1n).toString(16).padStart(digits.length, '0');
  const lower: Condition = { column, op: '>=', value: `x'${least}'` };
  // Nothing is behind digits that are all f.
  if (next.length > digits.length) return [lower];
  return [lower, { column, op: '<', value: `x'${next.padEnd(least.length, '0')}'` }];
}

/** Files are read once for texts and once for bytes. */
function uniqueProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((one, at) => problems.findIndex(({ segment }) => segment === one.segment) === at);
}

/** Null for what no condition can say. */
function conditionText(value: SqlValue): string | null {
  if (value instanceof InvalidText) return null;
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : valueText(value);
}
