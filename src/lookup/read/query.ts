import type { RowFilter } from '../../format/match/row-filter.ts';
import { parseDuration } from '../../model/duration.ts';
import { FirnError } from '../../model/errors.ts';
import { endOfDay, type Instant, laterBy, startOfDay } from '../../model/instant.ts';
import { parseInstant } from '../../model/time/parse-instant.ts';

/** Where a row is: hot is the database, warm a daily file, cold a monthly bundle. */
export type Tier = 'hot' | 'warm' | 'cold';

export const TIERS: readonly Tier[] = ['hot', 'warm', 'cold'];

/** A filter, where to look, and in which order answers come. */
export interface Query extends RowFilter {
  readonly tables: readonly string[];
  readonly tiers: ReadonlySet<Tier>;
  readonly order: 'oldest' | 'newest';
  /** The most rows wanted; null for all. */
  readonly limit: number | null;
}

/** Every row of these tables, oldest first. */
export function everything(tables: readonly string[]): Query {
  return {
    tables,
    where: [],
    text: null,
    since: null,
    until: null,
    among: null,
    tiers: new Set(TIERS),
    order: 'oldest',
    limit: null,
  };
}

/** The forms of `--since` and `--until`, for help and messages. */
export const MOMENT_FORMS =
  'a day (2026-03-31), a time (2026-03-31T08:00:00Z) or an age (14d, 2w, 12h, 30min)';

/**
 * Reads the end of a time range: a day means its first instant as `since`, its last as `until`.
 * @param now the instant that `14d` is counted back from.
 * @throws FirnError `usage` naming the text and the forms.
 */
export function parseMoment(text: string, edge: 'since' | 'until', now: Instant): Instant {
  if (/^\d+[a-z]+$/i.test(text))
    return laterBy(now, -parseDuration(text, { what: `--${edge}`, short: true }));
  const instant = /^\d{4}-\d\d-\d\d([T ].*)?$/.test(text) ? parseInstant(text) : null;
  if (instant === null) {
    throw new FirnError('usage', `${JSON.stringify(text)} is not a valid time. Write ${MOMENT_FORMS}.`, {
      operation: `read --${edge}`,
      path: text,
    });
  }
  if (text.length > 'YYYY-MM-DD'.length) return instant;
  return edge === 'since' ? startOfDay(text) : endOfDay(text);
}
