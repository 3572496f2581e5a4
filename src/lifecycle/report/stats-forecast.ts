import { DAY_MS } from '../../model/duration.ts';
import { type Day, dayOf, type Instant, laterBy, startOfDay } from '../../model/instant.ts';
import type { Policy } from '../../model/policy/policy.ts';
import { afterSpan, firstDay } from '../../model/policy/span.ts';
import { purgeInstant, spanOfPolicy, warmEnd } from '../../model/policy/thresholds.ts';

/** What the tiers hold at one instant. Bytes are null while nothing of the table was ever archived to tell their size from. */
export interface Forecast {
  /** Days from now. */
  readonly days: number;
  readonly hot: TierForecast;
  readonly warm: TierForecast;
  readonly cold: TierForecast;
}

/** What one tier holds. */
export interface TierForecast {
  readonly rows: number;
  /** In hot the rows' text; in warm and cold their compressed size. */
  readonly bytes: number | null;
}

/** Bytes of one row, as text and compressed. */
export interface RowSize {
  readonly raw: number;
  readonly packed: number;
}

/**
 * What the tiers will hold in `days` days if `pace` rows a day go on coming, and every row moves on its day; rows of the day
 * that is not over then are left out. Pure.
 * @param known rows by event day, up to yesterday.
 */
export function forecast(
  policy: Policy,
  known: ReadonlyMap<Day, number>,
  pace: number,
  size: RowSize | null,
  now: Instant,
  days: number,
): Forecast {
  const then = laterBy(now, days * DAY_MS);
  const tiers = { hot: 0, warm: 0, cold: 0 };
  const add = (day: Day, rows: number): void => {
    const tier = tierAt(policy, day, then);
    if (tier !== null) tiers[tier] += rows;
  };
  for (const [day, rows] of known) add(day, rows);
  for (let at = startOfDay(dayOf(now)); laterBy(at, DAY_MS) <= then; at = laterBy(at, DAY_MS))
    add(dayOf(at), pace);
  const tier = (rows: number, bytes: number | undefined): TierForecast => ({
    rows: Math.round(rows),
    bytes: bytes === undefined ? null : Math.round(rows * bytes),
  });
  return {
    days,
    hot: tier(tiers.hot, size?.raw),
    warm: tier(tiers.warm, size?.packed),
    cold: tier(tiers.cold, size?.packed),
  };
}

function tierAt(policy: Policy, day: Day, now: Instant): 'hot' | 'warm' | 'cold' | null {
  const span = spanOfPolicy(policy);
  const segment = { day: firstDay(day, span), span };
  if (now < laterBy(afterSpan(segment), policy.hotMs)) return 'hot';
  if (now < warmEnd(policy, segment)!) return 'warm';
  return now < purgeInstant(policy, segment) ? 'cold' : null;
}

/** Mean rows a day of complete days, and how the second half compares with the first (1 = the same); null when that cannot be told. */
export function paceOf(rows: readonly number[]): { readonly pace: number; readonly growth: number | null } {
  const began = rows.findIndex((count) => count > 0);
  if (began < 0) return { pace: 0, growth: null };
  const counted = rows.slice(began);
  const half = Math.floor(counted.length / 2);
  const [before, after] = [mean(counted.slice(0, half)), mean(counted.slice(counted.length - half))];
  return { pace: mean(counted), growth: half < 3 || before === 0 ? null : after / before };
}

function mean(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length;
}
