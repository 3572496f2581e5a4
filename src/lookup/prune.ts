import type { BlockEntry, Footer } from '../format/segment.ts';
import { conditionNumber } from '../model/filter.ts';
import { sameName } from '../model/names.ts';
import { resolveColumn } from './line-match.ts';
import type { Query, RowFilter } from './query.ts';
import type { SegmentRef } from './segment-ref.ts';

/** Why bytes need not be read: the table, the tier or the time is another; no such column; the Bloom filters have no such key. */
export type Pruned = 'table' | 'tier' | 'time' | 'column' | 'key';

/** Why a segment holds nothing that is wanted, as far as its receipt tells; null when it may. */
export function pruneSegment(query: Query, ref: SegmentRef): Pruned | null {
  if (!query.tables.some((table) => sameName(table, ref.table))) return 'table';
  if (!query.tiers.has(ref.tier)) return 'tier';
  return overlaps(query, ref) ? null : 'time';
}

/** A question that a column's Bloom filters can answer. */
export interface KeyProbe {
  readonly column: string;
  /** The forms in which the value may stand there; one of them must be. */
  readonly values: readonly string[];
}

/** The probes that a segment's filters can answer, one for each condition with `=` on a lookup key. */
export function keyProbes(
  filter: Pick<RowFilter, 'where' | 'among'>,
  footer: Pick<Footer, 'lookupKeys'>,
): KeyProbe[] {
  const listed = filter.among === null ? [] : [filter.among];
  const among = listed.flatMap(({ column, values }) => {
    const name = resolveColumn(column, footer.lookupKeys);
    return name === null || !footer.lookupKeys.includes(name) ? [] : [{ column: name, values: [...values] }];
  });
  const equal = filter.where.flatMap(({ column, op, value }) => {
    const name = resolveColumn(column, footer.lookupKeys);
    const values = op === '=' ? keyForms(value) : null;
    return name === null || values === null || !footer.lookupKeys.includes(name)
      ? []
      : [{ column: name, values }];
  });
  return [...among, ...equal];
}

/** How each block of a segment fares. `answers` has, for each probe, whether each block may hold the key. */
export function pruneBlocks(
  filter: RowFilter,
  footer: Pick<Footer, 'blocks'>,
  answers: readonly (readonly boolean[])[],
): (Pruned | null)[] {
  return footer.blocks.map((block, at) => {
    if (!overlaps(filter, block)) return 'time';
    return answers.every((answer) => answer[at]) ? null : 'key';
  });
}

function overlaps(
  { since, until }: Pick<RowFilter, 'since' | 'until'>,
  { minTime, maxTime }: Pick<BlockEntry, 'minTime' | 'maxTime'>,
): boolean {
  return (since === null || maxTime >= since) && (until === null || minTime <= until);
}

/** Integers below it are written without an exponent, as INTEGER and as REAL. */
const PLAIN_LIMIT = 100_000_000_000_000n;

/**
 * Every text that `CAST(value AS TEXT)` gives of values equal to the condition's; null when they cannot be listed. See
 * `Condition`: TEXT equals the text itself, INTEGER and REAL equal its number.
 */
function keyForms(value: string): readonly string[] | null {
  const number = conditionNumber(value);
  if (number === null) return [value];
  const integer = typeof number === 'bigint' ? number : Number.isInteger(number) ? BigInt(number) : null;
  if (integer === null || integer >= PLAIN_LIMIT || integer <= -PLAIN_LIMIT) return null;
  const forms = new Set([value, String(integer), `${integer}.0`]);
  if (integer === 0n) forms.add('-0.0');
  return [...forms];
}
