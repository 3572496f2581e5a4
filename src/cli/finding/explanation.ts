import { TIERS } from '../../lookup/read/query.ts';
import type { Explanation, RowPlace } from '../../lookup/search/explain-row.ts';
import type { UnitOfRow } from '../../lookup/search/unit-of-row.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatInstant, type Instant, msBetween } from '../../model/instant.ts';
import { timeInWords } from '../../model/policy/families.ts';
import { summarize } from '../moving/row-summary.ts';
import { formatCount, formatElapsed, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { visible } from '../terminal/visible.ts';

const NEXT = {
  archive: 'moves to warm',
  consolidate: "moves to its month's bundle (cold)",
  purge: 'is purged',
} as const;

/** Where a row is and what becomes of it, in sentences. */
export function renderExplanation(
  { table, policy, places, referredBy, unit, traces, problems }: Explanation,
  key: readonly string[],
  now: Instant,
  style: Style,
): string {
  const title = style.heading(visible(`${table} ${key.join(', ')}`));
  const rule =
    policy === null
      ? 'policy  none'
      : `policy  hot ${formatDuration(policy.hotMs)}, warm ${formatDuration(policy.warmMs)}, cold ${formatDuration(policy.coldMs)}, age from ${timeInWords(policy)}`;
  if (places.length === 0)
    return [
      title,
      problems.length === 0 ? '  Not found in any tier' : '  Not found, but some files could not be read',
      ...traces.map((trace) => `  ${trace}`),
    ].join('\n');
  const others = places.filter(({ sameRow }) => sameRow === false).length;
  const versions = [
    ...(others > 0
      ? [
          '',
          `  ${plural(others, 'archived row')} with this key. The database has a different row with the same key.`,
        ]
      : []),
    ...(places.length - others > 1
      ? [
          '',
          `  It is in ${places.length - others} places. Searches show a restored row once, from the database.`,
        ]
      : []),
  ];
  return [
    title,
    `  ${rule}`,
    ...places.flatMap((place) => ['', ...renderPlace(place, now, style, referredBy)]),
    ...(unit === null ? [] : ['', ...renderUnit(unit, style)]),
    ...versions,
  ].join('\n');
}

/** The row that it belongs to, and how many rows belong to it. */
function renderUnit({ parent, children }: UnitOfRow, style: Style): string[] {
  const where =
    parent === null
      ? []
      : [
          `    parent  ${visible(`${parent.table} ${parent.key.join(', ')}`)} (${parent.tier ?? 'not found in any tier'})`,
        ];
  const counts = children.map((counted) => {
    const tiers = TIERS.filter((tier) => counted[tier] > 0).map(
      (tier) => `${formatCount(counted[tier])} ${tier}`,
    );
    return `    ${visible(counted.table)}: ${tiers.length === 0 ? 'no rows' : tiers.join(', ')}`;
  });
  return [`  ${style.name('unit')}`, ...where, ...counts];
}

function renderPlace(
  place: RowPlace,
  now: Instant,
  style: Style,
  referredBy: Explanation['referredBy'],
): string[] {
  const { tier, segment, path, since, time, next, kept, row } = place;
  return [
    `  ${style.name(tier)}${segment === null ? '' : `    ${segment}`}`,
    ...(path === null ? [] : [`    file    ${path}`]),
    ...(since === null ? [] : [`    since   ${since}`]),
    `    time    ${time === null ? 'missing or invalid' : formatInstant(time)}`,
    ...(place.sameRow === null
      ? []
      : [
          `    row     ${place.sameRow ? 'same row as in the database (restored)' : 'differs from the database row with this key'}`,
        ]),
    ...(next === null
      ? []
      : [
          `    next    ${NEXT[next.action]} from ${formatInstant(next.from)} on (${inTime(next.from, now)}; ${next.rule})`,
        ]),
    ...[...kept, ...(tier === 'hot' ? referredBy.map(referenceReason) : [])].map(
      (reason) => `    ${style.warning('kept')}    ${reason}`,
    ),
    `    content ${summarize(row).text}`,
  ];
}

function referenceReason({ table, key, columns }: Explanation['referredBy'][number]): string {
  const row = visible(`${table} ${key.join(', ')}`);
  return `stays while ${row} is in the database, because that row refers to it (${columns.join(', ')})`;
}

function inTime(from: Instant, now: Instant): string {
  const elapsed = formatElapsed(Math.abs(msBetween(from, now)));
  return from <= now ? `since ${elapsed}` : `in ${elapsed}`;
}
