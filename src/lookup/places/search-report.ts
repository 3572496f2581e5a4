import { FrozenFile } from '../../archive/archive-store.ts';
import { type AwayError, isAway } from '../../archive/away.ts';
import type { UnreadableFile } from '../../archive/found-segments.ts';
import { parseSegmentName } from '../../format/segment-names.ts';
import { isUnreadableFile } from '../../model/errors.ts';

/** Why bytes need not be read: the table, the tier or the time is another; no such column; the Bloom filters have no such key. */
export type Pruned = 'table' | 'tier' | 'time' | 'column' | 'key';

/** A segment that could not be read, or a location that is away: what it holds is missing from the answer. */
export interface Problem {
  /** Of a location its text. */
  readonly segment: string;
  /** The file that should hold it. */
  readonly path: string;
  readonly table: string;
  readonly tier: 'warm' | 'cold';
  /** Rows that it holds. */
  readonly rows: number;
  readonly why: string;
  /** Of a file that is whole and cannot be read before it is thawed: whether that is under way. Absent of every other. */
  readonly frozen?: 'frozen' | 'thawing';
}

/**
 * What is wrong with a file or a part of it, as a problem of the answer: everything else is read. Any other failure is thrown.
 * @param at `path` where the failure names no file.
 */
export function problemOf(at: Omit<Problem, 'why'>, error: unknown): Problem {
  if (isAway(error)) return { ...awayProblem(error), rows: at.rows };
  if (!isUnreadableFile(error)) throw error;
  return { ...at, why: error.message, ...frozenIn(error) };
}

/** One problem for all that a location should have. */
function awayProblem({ away, message, hint }: AwayError): Problem {
  const { location, tier } = away;
  const why = hint === undefined ? message : `${message}. ${hint.replace(/\.$/, '')}`;
  return { segment: location, path: location, table: '', tier, rows: 0, why };
}

/** Adds a problem to those of an answer; the rows of a location that is away are added up. */
export function addProblem(problems: Problem[], problem: Problem): void {
  const at = problems.findIndex(({ segment, why }) => segment === problem.segment && why === problem.why);
  const known = problems[at];
  if (known === undefined || problem.segment !== problem.path) problems.push(problem);
  else problems[at] = { ...known, rows: known.rows + problem.rows };
}

/** A file that a walk through the archive could not read; of a bundle, all of its segments. */
export function unreadable({ path, tier, segment, error }: UnreadableFile): Problem {
  if (isAway(error)) return awayProblem(error);
  const table = segment === null ? undefined : parseSegmentName(segment)?.table;
  return {
    segment: segment ?? path,
    path,
    table: table ?? '',
    tier,
    rows: 0,
    why: error.message,
    ...frozenIn(error),
  };
}

function frozenIn(error: unknown): Pick<Problem, 'frozen'> {
  return error instanceof FrozenFile ? { frozen: error.isThawing ? 'thawing' : 'frozen' } : {};
}

/** Each problem once: what is wrong with a file is found again by each reading of it. */
export function distinctProblems(problems: readonly Problem[]): Problem[] {
  const found = new Map(
    problems.map((problem) => [`${problem.segment} ${problem.path} ${problem.why}`, problem]),
  );
  return [...found.values()];
}

/** What a search has looked at, and why it did not look at the rest. It grows while answers are taken. */
export interface SearchReport {
  readonly segments: {
    /** All that the archive has. */
    total: number;
    /** Passed over, by reason; `limit` are those that were not needed because enough was found. */
    readonly pruned: Record<Pruned | 'limit', number>;
    read: number;
  };
  /** Blocks of the segments that were opened. */
  readonly blocks: { total: number; readonly pruned: Record<Pruned | 'limit', number>; read: number };
  /** Files of the lake that are read instead of segments, and of how many; not among the segments above. */
  readonly lake: { files: number; segments: number };
  readonly bytes: {
    /** Of all segments of the tables asked for, in their files. */
    total: number;
    /** Read from files: footers, filters and blocks. */
    read: number;
    /** Text that was inflated. */
    inflated: number;
  };
  readonly rows: {
    /** Answers, by tier. */
    hot: number;
    warm: number;
    cold: number;
    /** Lines that match and whose row stands in hot too, where it was counted. */
    superseded: number;
  };
  readonly problems: Problem[];
  /** Tables whose hot rows could not be read (a collation that only the application has, a damaged page), and why: they are missing from the answer. */
  readonly unread: { readonly table: string; readonly why: string }[];
  /** Things the user should know: tables or columns that were not there. */
  readonly notes: string[];
}

export function emptyReport(): SearchReport {
  const reasons = (): Record<Pruned | 'limit', number> => ({
    table: 0,
    tier: 0,
    time: 0,
    column: 0,
    key: 0,
    limit: 0,
  });
  return {
    segments: { total: 0, pruned: reasons(), read: 0 },
    blocks: { total: 0, pruned: reasons(), read: 0 },
    lake: { files: 0, segments: 0 },
    bytes: { total: 0, read: 0, inflated: 0 },
    rows: { hot: 0, warm: 0, cold: 0, superseded: 0 },
    problems: [],
    unread: [],
    notes: [],
  };
}
