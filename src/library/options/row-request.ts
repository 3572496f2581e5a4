import { everything, parseMoment, type Query, TIERS, type Tier } from '../../lookup/read/query.ts';
import { parseDuration } from '../../model/duration.ts';
import { FirnError } from '../../model/errors.ts';
import { type Condition, parseCondition } from '../../model/filter.ts';
import { type Instant, instantOfMs } from '../../model/instant.ts';
import { oneMore } from '../work/rows/one-more.ts';
import type { FindOptions, RowOptions, SearchOptions } from './row-options.ts';

/** The rows that options describe: oldest first, in every tier, over no table yet. Throws `usage` for what cannot be read. */
export function rowQuery({ where = [], since, until }: RowOptions, nowMs: number): Query {
  return { ...everything([]), where: where.map(conditionOf), ...timeRange({ since, until }, nowMs) };
}

/** The same of a search; see `LimitedSearch` for its limit. */
export function searchQuery(options: FindOptions & SearchOptions, nowMs: number): Query {
  const { text, tiers, order = 'newest', limit } = options;
  return {
    ...rowQuery(options, nowMs),
    text: text ?? null,
    tiers: new Set(tiers === undefined ? TIERS : tiers.map(tierOf)),
    order,
    limit: oneMore(limit === undefined ? null : wholeNumber(limit, 'limit', 0)),
  };
}

/** Both inclusive; null where there is no bound. */
export function timeRange(
  { since, until }: Pick<RowOptions, 'since' | 'until'>,
  nowMs: number,
): Pick<Query, 'since' | 'until'> {
  const now = instantOfMs(nowMs);
  const range = { since: momentOf(since, 'since', now), until: momentOf(until, 'until', now) };
  if (range.since !== null && range.until !== null && range.since > range.until)
    throw wrong('since', 'is later than `until`');
  return range;
}

/** A duration in milliseconds; null when it is left out. */
export function durationOf(text: string | undefined, name: string): number | null {
  return text === undefined ? null : parseDuration(text, { what: `\`${name}\`` });
}

/** The same of a run, longer than 0; a bare `m` is refused as ambiguous. */
export function runtimeOf(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const ms = parseDuration(text, { what: `\`${name}\``, short: true });
  if (ms > 0) return ms;
  throw wrong(name, 'must be longer than 0');
}

/** A whole number of at least `least`. */
export function wholeNumber(count: number, name: string, least: number): number {
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw wrong(name, `is ${count}: it must be a whole number of at least ${least}`);
}

export function conditionOf(given: string | Condition): Condition {
  return typeof given === 'string' ? parseCondition(given) : given;
}

function tierOf(word: string): Tier {
  const tier = TIERS.find((known) => known === word);
  if (tier !== undefined) return tier;
  throw wrong('tiers', `has ${JSON.stringify(word)}, which is none of ${TIERS.join(', ')}`);
}

function momentOf(given: string | Date | undefined, edge: 'since' | 'until', now: Instant): Instant | null {
  if (given === undefined) return null;
  if (typeof given === 'string') return parseMoment(given, edge, now);
  if (Number.isFinite(given.getTime())) return instantOfMs(given.getTime());
  throw wrong(edge, 'is an invalid date');
}

/** Wrong usage of an option. */
export function wrong(option: string, why: string): FirnError {
  return new FirnError('usage', `\`${option}\` ${why}`, { operation: 'read the options', path: option });
}
