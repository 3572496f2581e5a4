import type { BoundSurvey, BoundTables, DueRule, Survey } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import { type ErrorCode, FirnError } from '../model/errors.ts';
import type { Day } from '../model/instant.ts';
import type { Dangling } from '../model/policy/archive-plan.ts';
import type { Reference, TableShape } from '../model/shape.ts';
import type { CopyTask, GroupTask } from './copier.ts';
import type { PackedUnits } from './packed-units.ts';

/** What the main thread asks of the copying thread. Every request has one answer, in order. */
export type Request =
  | { readonly ask: 'survey'; readonly shape: TableShape; readonly rule: DueRule }
  | { readonly ask: 'surveyBound'; readonly bound: BoundTables }
  | { readonly ask: 'dangling'; readonly reference: Reference }
  | { readonly ask: 'begin'; readonly task: SentTask }
  | { readonly ask: 'beginGroups'; readonly task: SentGroupTask }
  /** The next proven copy or group, or null when the task is done. */
  | { readonly ask: 'next' }
  | { readonly ask: 'publish' | 'abandon'; readonly segment: string }
  | { readonly ask: 'close' };

export type Answer =
  | { readonly ok: Survey | readonly BoundSurvey[] | Dangling | SentCopies | null }
  | { readonly failed: SentError };

/** A task as it crosses the thread boundary: part numbers are asked for. */
export type SentTask = Omit<CopyTask, 'nextPart'>;
export type SentGroupTask = Omit<GroupTask, 'nextPart'>;

/** What the copying thread asks of the main thread while it makes a copy, besides its answers: the part number of a segment of this table and day. */
export interface PartWanted {
  readonly wantsPartOf: { readonly table: string; readonly day: Day };
}

/** The answer to it, in the order in which they were asked for. */
export type PartGiven = { readonly part: number } | { readonly noPart: SentError };

export interface SentCopy {
  readonly receipt: Receipt;
  readonly units: PackedUnits;
  /** The unit of each row, of a copy in a group. */
  readonly unitOf?: BigInt64Array<ArrayBuffer>;
}

/** One copy, or those of a group. */
export interface SentCopies {
  readonly copies: readonly SentCopy[];
}

/** An error as it crosses the thread boundary, where classes are lost. */
export interface SentError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly operation: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function packError(error: unknown): SentError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return error instanceof FirnError
    ? { code: error.code, message, operation: error.operation, path: error.path, hint: error.hint, stack }
    : { code: null, message, operation: 'copy rows', path: undefined, hint: undefined, stack };
}

export function unpackError(sent: SentError): Error {
  const cause = sent.stack;
  if (sent.code === null) return new Error(sent.message, { cause });
  const { operation, path, hint } = sent;
  return new FirnError(sent.code, sent.message, {
    operation,
    cause,
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
  });
}
