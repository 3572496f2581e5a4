import { columnOf } from '../../../library/answers/finding/search-answer.ts';
import { type Hit, rowOf } from '../../../lookup/search/hit.ts';
import { formatInstant } from '../../../model/instant.ts';
import { summarize } from '../../moving/row-summary.ts';
import type { Style } from '../../terminal/style.ts';
import { renderTable } from '../../terminal/table.ts';
import { valueWords, visible } from '../../terminal/visible.ts';
import type { Matched } from './matched.ts';

/** Wide enough for whole ids. */
const WIDE = 140;
const SHORT_ID = 13;

/**
 * Rows found, one a line: when, where, of which table, and what they say in short.
 * @param columns what is shown instead of id and summary; null: those.
 */
export function renderHits(
  hits: readonly Hit[],
  matched: Matched,
  columns: readonly string[] | null,
  style: Style,
  width: number,
): string {
  const rows = hits.map((hit) => [
    hit.time === null ? '–' : formatInstant(hit.time),
    hit.sameKeyInHot ? `${hit.tier} *` : hit.tier,
    hit.table,
    ...(columns === null ? inShort(hit, matched, style, width) : cells(hit, matched, columns)),
  ]);
  const titles = ['time', 'tier', 'table', ...(columns?.map(visible) ?? ['id', 'what'])];
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
    style,
    width,
  );
}

/** About what the columns before the summary take. */
const OTHERS = 64;

function inShort(hit: Hit, matched: Matched, style: Style, width: number): string[] {
  const row = rowOf(hit);
  const { text, failed } = summarize(row);
  const [key = 'id'] = 'id' in row ? ['id'] : Object.keys(row);
  const id = shorten(valueWords(row[key] ?? null) ?? '', width);
  const shown = matched.inRow(text, Math.max(20, width - OTHERS));
  return [matched.inColumn(key, id), failed ? style.bad(shown) : shown];
}

/** A long text is cut, so that a table of it can be laid out. */
const LONGEST = 500;

function cells(hit: Hit, matched: Matched, columns: readonly string[]): string[] {
  const row = rowOf(hit);
  return columns.map((column) => {
    const words = valueWords(columnOf(row, column)?.value ?? null);
    return words === null ? '–' : matched.inColumn(column, words.slice(0, LONGEST));
  });
}

function shorten(id: string, width: number): string {
  return width >= WIDE || id.length <= SHORT_ID ? id : `${id.slice(0, SHORT_ID - 1)}…`;
}
