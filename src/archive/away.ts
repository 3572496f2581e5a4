import { FirnError } from '../model/errors.ts';
import type { ArchiveStore, AwayLocation } from './archive-store.ts';

/** What is done about a location that is away. */
export const BRING_BACK = 'Mount its disk, or correct archives in the configuration. Then run again.';

/** The error of whatever needs a location that is away. */
export class AwayError extends FirnError {
  readonly away: AwayLocation;

  constructor(away: AwayLocation, operation: string) {
    super('unavailable', awayReason(away), { operation, path: away.location, hint: away.remedy });
    this.away = away;
  }
}

export function isAway(error: unknown): error is AwayError {
  return error instanceof AwayError;
}

function awayReason({ tier, why }: AwayLocation): string {
  return `the location of the ${tier} archives is away: ${why}`;
}

/** The reason and what to do, as an alarm says it. */
export function awayInWords(away: AwayLocation): string {
  return `${awayReason(away)}. ${away.remedy}`;
}

/** The locations of an archive that are away, by tier. */
export async function awayTiers(
  archive: Pick<ArchiveStore, 'away'>,
): Promise<ReadonlyMap<'warm' | 'cold', AwayLocation>> {
  return new Map((await archive.away()).map((away) => [away.tier, away]));
}
