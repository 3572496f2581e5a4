import { parseInstant } from '../model/instant.ts';
import { damaged } from './damage.ts';
import { decodeLine, InvalidText, type Row, type SqlValue } from './line.ts';
import type { Block, SegmentHead } from './segment.ts';

/** A block of lines that are at hand one by one, line feeds included: for segments made from segments. */
export function blockOf(
  lines: readonly Uint8Array[],
  head: Pick<SegmentHead, 'timeColumn'>,
  lookupKeys: readonly string[],
): Block {
  const keys = new Map(lookupKeys.map((column) => [column, new Set<string>()]));
  let [minTime, maxTime] = [Infinity, -Infinity];
  for (const line of lines) {
    const row = decodeLine(line);
    const time = rowTime(row, head.timeColumn);
    [minTime, maxTime] = [Math.min(minTime, time), Math.max(maxTime, time)];
    for (const [column, values] of keys) {
      const value = row[column] ?? null;
      if (value !== null) values.add(String(value));
    }
  }
  return {
    lines: Buffer.concat(lines),
    rows: lines.length,
    minTime,
    maxTime,
    keys: new Map([...keys].map(([column, values]) => [column, [...values]])),
  };
}

/** True for values whose text as a lookup key is the same everywhere: TEXT, INTEGER, and NULL, which has none. */
export function isPlainKey(value: SqlValue): boolean {
  return value === null || typeof value === 'string' || typeof value === 'bigint';
}

function rowTime(row: Row, column: string): number {
  const value = row[column] ?? null;
  const time = value instanceof InvalidText ? null : parseInstant(value);
  if (time === null) throw damaged('line', 'read a line', `its time in \`${column}\` cannot be understood`);
  return time;
}
