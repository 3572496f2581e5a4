import { keyTexts } from '../../format/line/key-texts.ts';
import type { BlockEntry, Footer } from '../../format/segment/segment.ts';
import { sameName } from '../../model/names.ts';
import type { Pruned } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { resolveColumn } from './line-match.ts';
import type { Query, RowFilter } from './query.ts';

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
    const values = op === '=' ? keyTexts(value) : null;
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
