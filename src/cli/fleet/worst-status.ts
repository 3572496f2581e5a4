import { EXIT } from '../frame/exit-status.ts';

/** From the mildest to the worst. */
const ORDER: readonly number[] = [
  EXIT.done,
  EXIT.partly,
  EXIT.locked,
  EXIT.usage,
  EXIT.failed,
  EXIT.integrity,
];

/** The exit status of several databases: the worst of theirs; done where there is none. */
export function worstStatus(statuses: Iterable<number>): number {
  let worst = 0;
  for (const status of statuses) worst = Math.max(worst, ORDER.indexOf(status));
  return ORDER[worst]!;
}
