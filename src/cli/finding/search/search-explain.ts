import type { SearchReport } from '../../../lookup/places/search-report.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { formatBytes, formatCount, formatElapsed, plural } from '../../terminal/quantity.ts';
import type { Style } from '../../terminal/style.ts';

type Reasons = SearchReport['segments']['pruned'];

const BECAUSE: Readonly<Record<keyof Reasons, string>> = {
  table: 'of other tables',
  tier: 'in other tiers',
  time: 'outside the time range',
  column: 'without the column',
  key: 'without the key (Bloom filter)',
  limit: 'not needed (limit reached)',
};

/** What a search read, and why it did not read the rest. */
export function renderExplain(report: SearchReport, elapsedMs: Milliseconds, style: Style): string {
  const { segments, blocks, bytes, rows } = report;
  const share = bytes.total === 0 ? 0 : (bytes.read / bytes.total) * 100;
  const found = rows.hot + rows.warm + rows.cold;
  return [
    style.heading('Data read'),
    `  segments  ${formatCount(segments.read)} of ${formatCount(segments.total)} read${why(segments.pruned)}`,
    `  blocks    ${formatCount(blocks.read)} of ${formatCount(blocks.total)} read${why(blocks.pruned)}`,
    `  bytes     ${formatBytes(bytes.read)} of ${formatBytes(bytes.total)} (${share.toFixed(share < 10 ? 2 : 0)} %), ${formatBytes(bytes.inflated)} uncompressed`,
    `  rows      ${plural(found, 'row')}: ${rows.hot} hot, ${rows.warm} warm, ${rows.cold} cold${rows.superseded > 0 ? `; ${rows.superseded} archived rows are also in the database and counted there` : ''}`,
    `  time      ${formatElapsed(elapsedMs)}`,
  ].join('\n');
}

function why(pruned: Reasons): string {
  const reasons = Object.entries(pruned).filter(([, count]) => count > 0);
  if (reasons.length === 0) return '';
  return `; ${reasons.map(([reason, count]) => `${formatCount(count)} ${BECAUSE[reason as keyof Reasons]}`).join(', ')}`;
}
