import type { Row } from '../../../format/line/line.ts';
import type { Problem } from '../../../lookup/places/search-report.ts';
import type { Tier } from '../../../lookup/read/query.ts';
import { isFailedRow } from '../../../lookup/read/row-end.ts';
import type { Timeline } from '../../../lookup/search/entity-timeline.ts';
import { formatInstant } from '../../../model/instant.ts';
import { exactRow } from './exact-row.ts';
import { hitPlace } from './search-answer.ts';

/** All rows of one execution, task or the like, in time order: the JSON of `firn timeline`. */
export interface TimelineAnswer {
  readonly command: 'timeline';
  readonly count: number;
  /** False when rows are missing: a file or a table could not be read, or there are more than the limit. */
  readonly complete: boolean;
  readonly entries: readonly TimelineEntryAnswer[];
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
}

/** One row of a timeline. */
export interface TimelineEntryAnswer {
  /** UTC ISO 8601; null when it is missing or invalid. */
  readonly time: string | null;
  readonly tier: Tier;
  readonly table: string;
  /** The archive file; null for a row of the database. */
  readonly segment: string | null;
  /** 0 for a row that belongs to none; one more than that of its parent otherwise. */
  readonly depth: number;
  /** The values of the primary key, as `explain` takes them; null without a key. */
  readonly key: readonly string[] | null;
  /** `table id` of the row that it belongs to; null when that is not in the timeline. */
  readonly parent: string | null;
  /** True when the row does not match itself, but a matching row refers to it. */
  readonly followed: boolean;
  /** True when the row tells of a failure: `is_error`, a status such as `failed`. */
  readonly failed: boolean;
  /** The columns with exact values. */
  readonly row: Row;
}

/** An archive file that could not be read. */
export interface FileProblem {
  readonly segment: string;
  readonly path: string;
  readonly message: string;
  /** Of a file that is whole, but in a storage class from which it cannot be read before it is thawed; null of every other. */
  readonly thaw: 'needed' | 'in_progress' | null;
}

/** The timeline in the shape of Firn's JSON. @internal */
export function timelineJson({ entries, problems, unread, cut }: Timeline): TimelineAnswer {
  return {
    command: 'timeline',
    count: entries.length,
    complete: problems.length === 0 && unread.length === 0 && !cut,
    entries: entries.map(({ hit, row, depth, parent, followed }) => ({
      time: hit.time === null ? null : formatInstant(hit.time),
      ...{ tier: hit.tier, table: hit.table, segment: hit.segment, depth, parent, followed },
      ...{ key: hitPlace(hit).key, failed: isFailedRow(row) },
      row: exactRow(row),
    })),
    problems: problems.map(fileProblem),
  };
}

/** @internal */
export function fileProblem({
  segment,
  path,
  why,
  frozen,
}: Pick<Problem, 'segment' | 'path' | 'why' | 'frozen'>): FileProblem {
  return {
    ...{ segment, path, message: why },
    thaw: frozen === undefined ? null : frozen === 'frozen' ? 'needed' : 'in_progress',
  };
}
