import { formatBytes, formatRatio, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import type { StatusJson } from './health-sentence.ts';
import type { StatsJson } from './tables.ts';

/** What each tier takes on the disk, and what archiving saved. */
export function sizeCards({ database, archives }: StatusJson, stats: StatsJson | null): Markup {
  const sum = (of: (archived: StatsJson['tables'][number]['archived']) => number): number =>
    (stats?.tables ?? []).reduce((total, { archived }) => total + of(archived), 0);
  const [raw, packed] = [sum(({ raw_bytes }) => raw_bytes), sum(({ bytes }) => bytes)];
  return html`<section class="cards" aria-label="Sizes">
<div class="card"><h2>Database ${tierBadge('hot')}</h2><div class="figure">${formatBytes(database.bytes)}</div>
<p class="faint small">${database.wal_bytes === 0 ? 'no write-ahead log' : `write-ahead log ${formatBytes(database.wal_bytes)}`}</p></div>
${(['warm', 'cold'] as const).map((tier) => {
  const { files, bytes, rows } = archives[tier];
  return html`<div class="card"><h2>Archive ${tierBadge(tier)}</h2><div class="figure">${formatBytes(bytes)}</div>
<p class="faint small">${plural(rows, 'row')} in ${plural(files, 'file')}</p></div>`;
})}
${
  packed === 0
    ? null
    : html`<div class="card"><h2>Saved by compression</h2><div class="figure">${formatBytes(raw - packed)}</div>
<p class="faint small">${formatBytes(raw)} of rows as text in ${formatBytes(packed)}, ${formatRatio(raw, packed)} smaller</p></div>`
}
</section>`;
}
