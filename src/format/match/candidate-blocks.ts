import { dialectOf } from '../../model/database/dialect.ts';
import { keyTexts } from '../line/key-texts.ts';
import { bloomContains } from '../segment/bloom.ts';
import type { BlockEntry, Footer } from '../segment/segment.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { IndexedSegment } from './lookup-index.ts';
import type { RowFilter } from './row-filter.ts';

/**
 * Why each block of a segment need not be read: its times are others, or the Bloom filters do not have the key; null where it may hold what is
 * wanted. Filters only ever spare reading: where one is damaged, it spares none.
 * @param filter with the columns as the segment calls them.
 * @param onDamage told of a filter that cannot be read.
 */
export async function pruneBlocks(
  reader: SegmentReader,
  filter: RowFilter,
  onDamage: (error: unknown) => void,
): Promise<readonly ('time' | 'key' | null)[]> {
  const { blocks } = reader.footer;
  const answers: (readonly boolean[])[] = [];
  for (const { column, values } of keyProbes(filter, reader.footer)) {
    try {
      const forms = await Promise.all(values.map((value) => reader.mayContain(column, value)));
      answers.push(blocks.map((_, at) => forms.some((form) => form?.[at] ?? true)));
    } catch (error) {
      onDamage(error);
    }
  }
  return judged(filter, blocks, answers);
}

/** The same by the index of lookup keys, without the segment. */
export function pruneIndexed(
  { shape, blocks, filters }: Pick<IndexedSegment, 'shape' | 'blocks' | 'filters'>,
  filter: RowFilter,
): readonly ('time' | 'key' | null)[] {
  const answers = keyProbes(filter, shape).map(({ column, values }) =>
    filters(column).map((own) => values.some((value) => bloomContains(own, value))),
  );
  return judged(filter, blocks, answers);
}

function judged(
  filter: RowFilter,
  blocks: readonly Pick<BlockEntry, 'minTime' | 'maxTime'>[],
  answers: readonly (readonly boolean[])[],
): ('time' | 'key' | null)[] {
  return blocks.map((block, at) => {
    if (!overlaps(filter, block)) return 'time';
    return answers.every((answer) => answer[at]) ? null : 'key';
  });
}

export function overlaps(
  { since, until }: Pick<RowFilter, 'since' | 'until'>,
  { minTime, maxTime }: Pick<BlockEntry, 'minTime' | 'maxTime'>,
): boolean {
  return (since === null || maxTime >= since) && (until === null || minTime <= until);
}

/** A question that a column's Bloom filters can answer: one of the forms in which a value may stand there must be there. */
interface KeyProbe {
  readonly column: string;
  readonly values: readonly string[];
}

function keyProbes({ where, among }: RowFilter, footer: Pick<Footer, 'lookupKeys' | 'dialect'>): KeyProbe[] {
  const dialect = dialectOf(footer);
  // The forms of values in the filters are those of SQLite.
  if (dialect.name !== 'sqlite') return [];
  const asked = [
    ...(among === null ? [] : [{ column: among.column, values: [...among.values] }]),
    ...where.map(({ column, op, value }) => ({ column, values: op === '=' ? keyTexts(value) : null })),
  ];
  return asked.flatMap(({ column, values }) => {
    const key = footer.lookupKeys.find((name) => dialect.sameName(name, column));
    return key === undefined || values === null ? [] : [{ column: key, values }];
  });
}
