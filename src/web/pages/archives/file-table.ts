import type { FileAnswer } from '../../../library/answers/retention/files-answer.ts';
import { formatBytes, formatCount } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import { when } from '../../frame/when.ts';

export function fileTable(files: readonly FileAnswer[]): Markup {
  return scrolling(
    'Files',
    html`<table><thead><tr><th>Day</th><th>Table</th><th>Tier</th><th class="number">Rows</th><th class="number">Size</th><th>Last verified</th><th></th></tr></thead>
<tbody>${files.map(
      (file) => html`<tr><th scope="row" class="nowrap"><a href="${fileAddress(file.segment)}">${file.day}${
        file.span === 'day' ? null : ` to ${file.last_day}`
      }${file.part > 1 ? ` part ${file.part}` : null}</a></th>
<td>${file.table}</td><td>${tierBadge(file.tier)}</td><td class="number">${formatCount(file.rows)}</td><td class="number">${formatBytes(file.bytes)}</td>
<td>${file.verified_at === null ? 'when archived' : when(file.verified_at)}</td>
<td>${alarmWords(file)}</td></tr>`,
    )}</tbody></table>`,
  );
}

export function fileAddress(segment: string): string {
  return `/archives/file?${new URLSearchParams({ name: segment })}`;
}

function alarmWords({ alarm, acknowledged, state }: FileAnswer): Markup | null {
  if (alarm !== null) return html`<strong>${acknowledged ? 'acknowledged: ' : ''}${alarm}</strong>`;
  return state === 'archived' ? null : html`${state}`;
}
