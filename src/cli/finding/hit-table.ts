import { type Hit, rowOf } from '../../lookup/search/hit.ts';
import { formatInstant } from '../../model/instant.ts';
import { summarize } from '../moving/row-summary.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import { valueWords } from '../terminal/visible.ts';

/** Wide enough for whole ids. */
const WIDE = 140;
const SHORT_ID = 13;

/** Rows found, one a line: when, where, of which table, and what they say in short. */
export function renderHits(hits: readonly Hit[], style: Style, width: number): string {
  const rows = hits.map((hit) => {
    const row = rowOf(hit);
    const { text, failed } = summarize(row);
    return [
      hit.time === null ? '–' : formatInstant(hit.time),
      hit.sameKeyInHot ? `${hit.tier} *` : hit.tier,
      hit.table,
      shorten(valueWords(row.id ?? Object.values(row)[0] ?? null) ?? '', width),
      failed ? style.bad(text) : text,
    ];
  });
  const titles = ['time', 'tier', 'table', 'id', 'what'].map((title) => ({ title }));
  return renderTable(titles, rows, style, width);
}

function shorten(id: string, width: number): string {
  return width >= WIDE || id.length <= SHORT_ID ? id : `${id.slice(0, SHORT_ID - 1)}…`;
}
