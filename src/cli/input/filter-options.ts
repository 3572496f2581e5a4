import {
  everything,
  MOMENT_FORMS,
  parseMoment,
  type Query,
  TIERS,
  type Tier,
} from '../../lookup/read/query.ts';
import { FirnError } from '../../model/errors.ts';
import { CONDITION_FORMS, type Condition, parseCondition } from '../../model/filter.ts';
import { instantOfMs, type Milliseconds } from '../../model/instant.ts';
import { type Option, repeated, value } from '../frame/command.ts';

/** The options that say which rows are wanted, the same for every command that finds rows. */
export const ROW_OPTIONS: {
  readonly where: Option<readonly Condition[]>;
  readonly since: Option<string | undefined>;
  readonly until: Option<string | undefined>;
} = {
  where: repeated('--where <CONDITION>', `condition: ${CONDITION_FORMS}`, { parse: parseCondition }),
  since: value('--since <TIME>', `earliest time: ${MOMENT_FORMS}`),
  until: value('--until <TIME>', 'latest time, in the same forms; a day includes its last moment'),
};

export interface RowOptions {
  readonly where: readonly Condition[];
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/**
 * The query of `ROW_OPTIONS`: oldest first, in every tier, over no table yet. To be made before anything is opened, so that wrong usage is
 * reported as such.
 */
export function rowQuery(options: RowOptions, nowMs: Milliseconds): Query {
  return { ...everything([]), where: options.where, ...timeRange(options, nowMs) };
}

/** The range of `--since` and `--until`, both inclusive; null where there is no bound. */
export function timeRange(
  options: Pick<RowOptions, 'since' | 'until'>,
  nowMs: Milliseconds,
): Pick<Query, 'since' | 'until'> {
  const now = instantOfMs(nowMs);
  const since = options.since === undefined ? null : parseMoment(options.since, 'since', now);
  const until = options.until === undefined ? null : parseMoment(options.until, 'until', now);
  if (since !== null && until !== null && since > until) {
    throw new FirnError('usage', '--since is later than --until', { operation: 'read the time range' });
  }
  return { since, until };
}

export function parseTier(word: string, name: string): Tier {
  const tier = TIERS.find((known) => known === word);
  if (tier !== undefined) return tier;
  throw new FirnError('usage', `${JSON.stringify(word)} is not a tier: ${TIERS.join(', ')}`, {
    operation: `read ${name}`,
    path: word,
  });
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (word: string, name: string) => number {
  return (word, name) => {
    const count = /^\d{1,15}$/.test(word) ? Number(word) : -1;
    if (count >= least) return count;
    throw new FirnError('usage', `${JSON.stringify(word)} is not a whole number of at least ${least}`, {
      operation: `read ${name}`,
      path: word,
    });
  };
}
