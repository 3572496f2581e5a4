import type { RetentionStats, TableRates } from '../../lifecycle/report/ingest-stats.ts';
import type { Forecast, TierForecast } from '../../lifecycle/report/stats-forecast.ts';
import { formatBytes, formatCount, formatRatio, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';

const right = (title: string): ColumnLayout => ({ title, align: 'right' });
const RATES: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'LAST 30 DAYS' },
  right('ROWS/DAY'),
  right('BYTES/DAY'),
  right('RATIO'),
  right('GROWTH'),
];
const TIERS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'IN' },
  right('HOT'),
  right('WARM'),
  right('COLD'),
];

/** What comes in, and what it will be, for people. */
export function renderRetentionStats(stats: RetentionStats, style: Style, width?: number): string {
  const { tables } = stats;
  if (tables.length === 0) {
    return ['Neither the database nor the archive has a managed table.', ...notesOn(stats)].join('\n');
  }
  const lines = [
    style.heading('Ingest rate'),
    renderTable(RATES, tables.map(rateRow), style, width),
    '',
    style.heading('Forecast at this rate'),
    renderTable(TIERS, tables.flatMap(forecastRows), style, width),
  ];
  const uncounted = tables.filter(({ hotCounted }) => !hotCounted).map(({ table }) => table);
  if (uncounted.length > 0) {
    lines.push(
      '',
      style.faint(`  Hot rows not counted, because the time column has no index: ${uncounted.join(', ')}`),
    );
  }
  return [...lines, ...notesOn(stats), '', style.faint(`As of ${stats.asOf}`)].join('\n');
}

function notesOn({ unreadable, withoutPolicy }: RetentionStats): string[] {
  const notes = [
    ...unreadable.map(({ table, message }) => `  ${table}: cannot be read: ${message}`),
    ...withoutPolicy.map(({ table, rows }) => `  ${table}: no policy; ${plural(rows, 'archived row')} kept`),
  ];
  return notes.length === 0 ? [] : ['', ...notes];
}

function rateRow({ table, rowsPerDay, pace, growth, rowSize, archived }: TableRates): string[] {
  return [
    table,
    sparkline(inPairs(rowsPerDay)),
    formatCount(pace),
    rowSize === null ? '–' : formatBytes(pace * rowSize.raw),
    formatRatio(archived.rawBytes, archived.bytes),
    growth === null ? '–' : `${growth >= 1 ? '+' : ''}${Math.round((growth - 1) * 100)} %`,
  ];
}

function forecastRows({ table, forecasts }: TableRates): string[][] {
  return forecasts.map((forecast, at) => [at === 0 ? table : '', when(forecast), ...tiers(forecast)]);
}

function when({ days }: Forecast): string {
  return days === 0 ? 'now' : `${days} days`;
}

function tiers({ hot, warm, cold }: Forecast): string[] {
  return [hot, warm, cold].map(
    ({ rows, bytes }: TierForecast) =>
      `${formatCount(rows)}${bytes === null ? '' : ` (${formatBytes(bytes)})`}`,
  );
}

/** Two days in one, so that a month fits beside its figures. */
function inPairs(days: readonly number[]): number[] {
  return days.flatMap((rows, at) => (at % 2 === 1 ? [rows + days[at - 1]!] : []));
}

const BARS = '▁▂▃▄▅▆▇█';

/** One character for each number, its height in proportion to the greatest; nothing for 0. */
export function sparkline(numbers: readonly number[]): string {
  const most = Math.max(...numbers, 1);
  return numbers.map((n) => (n === 0 ? ' ' : BARS[Math.ceil((n / most) * BARS.length) - 1])).join('');
}
