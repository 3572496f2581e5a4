import type { RetentionStatsAnswer } from '../../../library/answers/retention/retention-stats-answer.ts';
import { formatBytes, formatRatio, plural } from '../../../operate/amounts.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { tierBadge } from '../../frame/tier-bars.ts';

/** What each tier takes on the disk, and what archiving saved. */
export function sizeCards({ database, archives }: StatusAnswer, stats: RetentionStatsAnswer | null): Markup {
  const sum = (of: (archived: RetentionStatsAnswer['tables'][number]['archived']) => number): number =>
    (stats?.tables ?? []).reduce((total, { archived }) => total + of(archived), 0);
  const [raw, packed] = [sum(({ raw_bytes }) => raw_bytes), sum(({ bytes }) => bytes)];
  return html`<section class="cards" aria-label="Sizes">
<div class="card"><h2>Database ${tierBadge('hot')}</h2><div class="figure">${formatBytes(database.bytes)}</div>
<p class="faint small">${database.wal_bytes === 0 ? 'no write-ahead log' : `write-ahead log ${formatBytes(database.wal_bytes)}`}</p></div>
${(['warm', 'cold'] as const).map((tier) => {
  const { location, away, files, bytes, rows } = archives[tier];
  // Of a folder on this machine, nobody asks where it is.
  const isNamed = archives.warm.location !== archives.cold.location || location.startsWith('s3:');
  return html`<div class="card"><h2>Archive ${tierBadge(tier)}</h2><div class="figure">${formatBytes(bytes)}</div>
<p class="faint small">${plural(rows, 'row')} in ${plural(files, 'file')}</p>
${isNamed ? html`<p class="faint small">${location}${away === null ? null : html` <strong>location away</strong>`}</p>` : null}</div>`;
})}
${
  packed === 0
    ? null
    : html`<div class="card"><h2>Saved by compression</h2><div class="figure">${formatBytes(raw - packed)}</div>
<p class="faint small">${formatBytes(raw)} of rows as text in ${formatBytes(packed)}, ${formatRatio(raw, packed)} smaller</p></div>`
}
</section>`;
}
