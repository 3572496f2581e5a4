import { FirnError } from '../model/errors.ts';
import type { AwayLocation } from './archive-store.ts';

/** What is done about a location that is away. */
export const BRING_BACK = 'Mount its disk, or correct archives in the configuration. Then run again.';

/** The error of whatever needs a location that is away. */
export function awayError({ tier, location, why, remedy }: AwayLocation, operation: string): FirnError {
  return new FirnError('unavailable', `the location of the ${tier} archives is away: ${why}`, {
    operation,
    path: location,
    hint: remedy,
  });
}
