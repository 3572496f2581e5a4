import type { Timeline, TimelineEntry } from '../../lookup/search/entity-timeline.ts';
import { formatInstant } from '../../model/instant.ts';
import { summarize } from '../moving/row-summary.ts';
import { plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';

const DEEPEST = 8;

/** Day by day, one row a line: when, in which tier, of which table, what it says. */
export function renderTimeline(
  { entries, problems, unread, cut }: Timeline,
  style: Style,
  width: number,
): string {
  if (entries.length === 0)
    return problems.length + unread.length === 0
      ? 'No rows found.'
      : 'No rows found, but some files could not be read.';
  const widest = Math.max(...entries.map(({ hit }) => hit.table.length));
  const lines: string[] = [];
  let day = '';
  for (const entry of entries) {
    const at = entry.hit.time === null ? null : formatInstant(entry.hit.time);
    const own = at === null ? 'without a timestamp' : at.slice(0, 10);
    if (own !== day) lines.push(...(day === '' ? [] : ['']), style.heading(own));
    day = own;
    lines.push(line(entry, at, widest, style, width));
  }
  const failed = entries.filter(({ row }) => summarize(row).failed).length;
  const days = new Set(
    entries.map(({ hit }) => (hit.time === null ? '' : formatInstant(hit.time).slice(0, 10))),
  ).size;
  const trouble = failed === 0 ? '' : `, ${style.bad(plural(failed, 'failure'))}`;
  const first = cut ? 'The first ' : '';
  lines.push('', `${first}${plural(entries.length, 'row')} on ${plural(days, 'day')}${trouble}`);
  return lines.join('\n');
}

function line(
  { hit, row, depth, followed }: TimelineEntry,
  at: string | null,
  widest: number,
  style: Style,
  width: number,
): string {
  const { text, failed } = summarize(row);
  const clock = at === null ? ' '.repeat(12) : at.slice(11).replace('Z', '').padEnd(12).slice(0, 12);
  const mark = failed ? '✖' : followed ? '↪' : ' ';
  const start = `  ${clock}  ${hit.tier.padEnd(4)}  ${hit.table.padEnd(widest)}  ${mark} ${'  '.repeat(Math.min(depth, DEEPEST))}`;
  const room = Math.max(20, width - start.length);
  const said = text.length > room ? `${text.slice(0, room - 1)}…` : text;
  const styled = failed ? style.bad(said) : followed ? style.faint(said) : said;
  return `${style.faint(start.slice(0, 14))}${start.slice(14)}${styled}`.trimEnd();
}
