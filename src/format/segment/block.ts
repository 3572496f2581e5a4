import { asInstant, type Instant } from '../../model/instant.ts';
import { type TimeReader, timeReader } from '../../model/time/parse-instant.ts';
import { damaged } from '../damage.ts';
import { InvalidText, type SqlValue } from '../line/line.ts';
import { columnReader } from '../line/line-columns.ts';
import { valueText } from '../line/line-encode.ts';
import type { Block, Footer } from './segment.ts';

/**
 * A block of lines (line feeds included, at least one) that came from a segment with this footer: their times and keys
 * are read from the lines again. Throws `integrity` for a line whose time cannot be understood.
 */
export function blockOf(
  lines: readonly Uint8Array[],
  footer: Pick<Footer, 'table' | 'timeColumn' | 'timeFormat' | 'lookupKeys'>,
): Block {
  const read = columnReader([footer.timeColumn, ...footer.lookupKeys], footer.table);
  const readTime = timeReader(footer.timeFormat);
  const keys = footer.lookupKeys.map(() => [] as string[]);
  let minTime = Number.POSITIVE_INFINITY;
  let maxTime = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const [time, ...values] = read(line);
    const instant = instantOf(time, readTime, footer);
    minTime = Math.min(minTime, instant);
    maxTime = Math.max(maxTime, instant);
    values.forEach((value, i) => {
      const text = valueText(value ?? null);
      if (text !== null) keys[i]!.push(text);
    });
  }
  return {
    lines: Buffer.concat(lines),
    rows: lines.length,
    minTime: asInstant(minTime),
    maxTime: asInstant(maxTime),
    keys: new Map(footer.lookupKeys.map((column, i) => [column, keys[i]!])),
  };
}

function instantOf(
  value: SqlValue | undefined,
  read: TimeReader,
  footer: Pick<Footer, 'table' | 'timeColumn'>,
): Instant {
  const instant = value === undefined || value instanceof InvalidText ? null : read(value);
  if (instant === null) {
    throw damaged(footer.table, 'read a line', `a row has no valid timestamp in \`${footer.timeColumn}\``);
  }
  return instant;
}
