import type { PoliciesAnswer } from '../../../library/answers/retention/policies-answer.ts';
import type { RetentionStatsAnswer } from '../../../library/answers/retention/retention-stats-answer.ts';
import { formatBytes, formatCount, plural } from '../../../operate/amounts.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { tierBars, tierLegend } from '../../frame/tier-bars.ts';

type TableState = StatusAnswer['tables'][number];

/** Each table: its last 30 days by tier, what waits to be archived, how fast it grows and what it will be. */
export function tableStrips(
  tables: readonly TableState[],
  policies: PoliciesAnswer,
  stats: RetentionStatsAnswer | null,
): Markup {
  return html`<section aria-labelledby="tables"><h2 id="tables">Tables</h2>${tierLegend()}
<div class="cards wide">${tables.map((table) => card(table, policies[table.table], stats))}</div></section>`;
}

function card(
  { table, total, due, estimated, problem }: TableState,
  policy: PoliciesAnswer[string] | undefined,
  stats: RetentionStatsAnswer | null,
): Markup {
  const rates = stats?.tables.find((one) => one.table === table);
  const address = `/search?${new URLSearchParams({ table })}`;
  return html`<article class="card"><h3><a href="${address}">${table}</a></h3>
${rates === undefined || stats === null ? null : strip(table, rates, stats.days)}
${problem === null ? null : html`<p role="alert" class="problem">${problem}</p>`}
<p>${formatCount(total)} in the database${rates === undefined ? null : `, ${formatCount(rates.archived.records)} archived`}</p>
<p class="${due > 0 ? '' : 'faint'} small">${
    due === 0
      ? 'Nothing waits to be archived.'
      : html`<strong>${estimated ? 'about ' : ''}${plural(due, 'row')}</strong> to archive`
  }</p>
${
  rates === undefined
    ? null
    : html`<p class="faint small">${formatCount(rates.mean_rows_per_day)} rows a day${growthWords(rates.growth)}</p>${forecastLine(rates)}`
}
${policy === undefined ? null : html`<p class="faint small">hot ${policy.hot_days} d · warm ${policy.warm_days} d · cold ${policy.cold_days} d</p>`}</article>`;
}

function strip(
  table: string,
  rates: RetentionStatsAnswer['tables'][number],
  days: readonly string[],
): Markup {
  const { hot, warm, cold } = rates.rows_per_day_by_tier;
  const bars = days.map((day, at) => ({
    label: day,
    hot: hot[at] ?? 0,
    warm: warm[at] ?? 0,
    cold: cold[at] ?? 0,
    href: `/search?${new URLSearchParams({ table, since: day, until: day })}`,
  }));
  return tierBars(bars, `Rows of ${table} a day, over the last ${days.length} complete days`);
}

function growthWords(growth: number | null): string {
  if (growth === null || Math.abs(growth - 1) < 0.02) return '';
  return `, ${growth > 1 ? 'growing' : 'shrinking'} by ${Math.round(Math.abs(growth - 1) * 100)} % in 15 days`;
}

function forecastLine({ forecasts }: RetentionStatsAnswer['tables'][number]): Markup {
  const bytes = (days: number): string | null => {
    const found = forecasts.find((one) => one.days === days);
    if (found === undefined) return null;
    const { hot, warm, cold } = found;
    // Nothing tells the size of a row before the first one is archived.
    if (hot.bytes === null || warm.bytes === null || cold.bytes === null) return null;
    return formatBytes(hot.bytes + warm.bytes + cold.bytes);
  };
  const [now, soon, later] = [bytes(0), bytes(30), bytes(365)];
  if (now === null || soon === null || later === null) return html``;
  return html`<p class="faint small" title="Estimated from the last 30 days">all tiers about ${now} now, ${soon} in 30 days, ${later} in a year</p>`;
}
