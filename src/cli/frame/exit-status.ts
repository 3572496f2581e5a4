import type { ErrorCode } from '../../model/errors.ts';

/** What the exit status of every command means. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partly: 3,
  locked: 4,
  integrity: 5,
} as const;

/** One line per status, as printed in each command's help. */
export const EXIT_MEANINGS: readonly (readonly [status: number, meaning: string])[] = [
  [EXIT.done, 'success, including when there was nothing to do'],
  [EXIT.failed, 'failure, or a check found a problem'],
  [EXIT.usage, 'wrong usage or configuration'],
  [EXIT.partly, 'partly done: some tables failed, the others are complete'],
  [EXIT.locked, 'another run holds the lock'],
  [EXIT.integrity, 'integrity alarm: an archive file is missing or damaged'],
];

const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  config: EXIT.usage,
  locked: EXIT.locked,
  integrity: EXIT.integrity,
  not_found: EXIT.failed,
  unavailable: EXIT.failed,
  refused: EXIT.failed,
  io: EXIT.failed,
  database: EXIT.failed,
  interrupted: EXIT.failed,
};

/** The exit status that a failure of this kind ends the program with. */
export function exitStatusOf(code: ErrorCode): number {
  return STATUS_OF[code];
}
