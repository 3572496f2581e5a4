import type { Row } from '../../../format/line/line.ts';
import type { ReferringRow } from '../../../hot/hot-lookup.ts';
import type { Tier } from '../../../lookup/read/query.ts';
import type { Explanation, RowPlace } from '../../../lookup/search/explain-row.ts';
import type { UnitOfRow } from '../../../lookup/search/unit-of-row.ts';
import { formatInstant } from '../../../model/instant.ts';
import { AUTO } from '../../../model/time/time-format.ts';
import { exactRow } from './exact-row.ts';
import { type FileProblem, fileProblem } from './timeline-answer.ts';

/** Where one row is and what becomes of it: the JSON of `firn explain`. */
export interface ExplainAnswer {
  readonly command: 'explain';
  readonly table: string;
  /** The columns of the primary key, in key order. */
  readonly key_columns: readonly string[];
  /** The values of the primary key that was looked for. */
  readonly key: readonly string[];
  readonly found: boolean;
  /** Null for a table without a policy. Times are milliseconds. */
  readonly policy: {
    readonly hot_ms: number;
    readonly warm_ms: number;
    readonly cold_ms: number;
    readonly timestamp_column: string;
    readonly time_format: string;
  } | null;
  /** Where rows of the key are, the database first. */
  readonly places: readonly ExplainedPlace[];
  /** Rows of the database that keep the row, because they refer to it. */
  readonly referred_by: readonly ReferringRow[];
  /** The row that it belongs to, and how many belong to it; null when there are no such tables. */
  readonly unit: UnitOfRow | null;
  /** What is known of a row that was not found. */
  readonly traces: readonly string[];
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
}

/** One place where a row is. */
export interface ExplainedPlace {
  readonly tier: Tier;
  /** The archive file, and the file that has its bytes; null in the database. */
  readonly segment: string | null;
  readonly path: string | null;
  /** When it was archived, UTC ISO 8601; null in the database. */
  readonly since: string | null;
  /** Why it stays in its tier, although its time there may have ended. */
  readonly kept: readonly string[];
  /** Whether an archived row is the database row of its key (restored); null where there is no such row. */
  readonly same_row: boolean | null;
  /** The row's own time, UTC ISO 8601; null when it is missing or invalid. */
  readonly time: string | null;
  /** What happens next, and from when. */
  readonly next: {
    readonly action: 'archive' | 'consolidate' | 'purge';
    readonly from: string;
    readonly rule: string;
  } | null;
  /** The columns with exact values. */
  readonly row: Row;
}

/** The explanation in the shape of Firn's JSON. @internal */
export function explanationJson(
  { table, keyColumns, policy, places, referredBy, unit, traces, problems }: Explanation,
  key: readonly string[],
): ExplainAnswer {
  return {
    command: 'explain',
    table,
    key_columns: keyColumns,
    key,
    found: places.length > 0,
    policy:
      policy === null
        ? null
        : {
            hot_ms: policy.hotMs,
            warm_ms: policy.warmMs,
            cold_ms: policy.coldMs,
            timestamp_column: policy.timeColumn,
            time_format: policy.timeFormat ?? AUTO,
          },
    places: places.map(placeJson),
    referred_by: referredBy,
    unit,
    traces,
    problems: problems.map(fileProblem),
  };
}

function placeJson(place: RowPlace): ExplainedPlace {
  const { tier, segment, path, since, time, next, kept, row, sameRow } = place;
  return {
    ...{ tier, segment, path, since, kept, same_row: sameRow },
    time: time === null ? null : formatInstant(time),
    next: next === null ? null : { action: next.action, from: formatInstant(next.from), rule: next.rule },
    row: exactRow(row),
  };
}
