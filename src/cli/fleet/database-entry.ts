import { FirnError } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { Member } from '../../stores/fleet/fleet-member.ts';
import { EXIT } from '../frame/exit-status.ts';
import { failureFacts, statusOf } from '../frame/failure.ts';

/**
 * What became of one of several databases. done: the command ended with the exit code. idle: left out, since there is nothing to do. failed:
 * it could not work. not_reached: the time was over, or a stop requested; the next run begins with it.
 */
export type EntryState = 'done' | 'idle' | 'failed' | 'not_reached';

export interface DatabaseEntry {
  readonly member: Member;
  readonly state: EntryState;
  readonly exitCode: number;
  readonly durationMs: Milliseconds;
  /** The JSON of the command for this database; null without one. */
  readonly result: object | null;
  /** Why it failed or was not reached. */
  readonly error: FirnError | null;
  /** What is worth a line of the report, in words. */
  readonly message?: string | undefined;
  /** Whether that line is one of the first. */
  readonly needsAttention?: boolean | undefined;
}

export function failedEntry(member: Member, failure: unknown, durationMs: Milliseconds): DatabaseEntry {
  const error =
    failure instanceof FirnError
      ? failure
      : new FirnError('io', `unexpected error: ${(failure as Error).message}`, {
          ...{ operation: '', path: member.database, cause: failure },
        });
  return { member, state: 'failed', exitCode: statusOf(failure), durationMs, result: null, error };
}

export function idleEntry(member: Member): DatabaseEntry {
  return { member, state: 'idle', exitCode: EXIT.done, durationMs: 0, result: null, error: null };
}

export function notReached(member: Member, reason: string): DatabaseEntry {
  const error = new FirnError('interrupted', reason, {
    ...{ operation: '', path: member.database },
    hint: 'The next run begins with this database.',
  });
  return { member, state: 'not_reached', exitCode: EXIT.partly, durationMs: 0, result: null, error };
}

/** One element of the list `databases`. */
export function entryJson({ member, state, exitCode, durationMs, result, error }: DatabaseEntry): object {
  const { database, identity, config } = member;
  return {
    // A database that no run has changed has no archives yet.
    ...{ database, identity, archives: identity === null ? null : config.archives.text },
    ...{ state, exit_status: exitCode, duration_ms: Math.round(durationMs) },
    error: error === null ? null : failureFacts(error),
    result,
  };
}
