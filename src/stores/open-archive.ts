import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import { retryReads } from '../archive/retried-reads.ts';
import { bundleOf } from '../archive/stored-segment.ts';
import { tieredArchive } from '../archive/tiered/tiered-archive.ts';
import type { LedgerReader } from '../hot/ledger.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import type { Location } from '../model/location.ts';
import { type ArchivePlaces, areApart } from '../model/policy/archive-places.ts';
import { systemClock } from './system-clock.ts';
import { requireTwoFolders } from './two-folders.ts';

/**
 * Opens the archive store at a location, or at one for each tier; nothing is created by it. Its reads are tried again while it is unavailable.
 * @param ledger of the archive's database, once it is open: what it lists tells a location that is away from a new one.
 */
export function openArchive(
  places: ArchivePlaces,
  clock: Clock = systemClock,
  ledger?: () => Pick<LedgerReader, 'receipts'>,
): ArchiveStore {
  const { warm, cold } = places;
  if (!areApart(places)) return openLocation(warm, clock);
  requireTwoFolders(places);
  const expected = ledger && (() => bundlesListed(ledger()));
  return tieredArchive(openLocation(warm, clock), openLocation(cold, clock), expected ?? null);
}

function openLocation(location: Location, clock: Clock): ArchiveStore {
  switch (location.scheme) {
    case 'file':
      return retryReads(openFolder(location.path), clock);
    case 's3':
      throw new FirnError('config', `${location.text}: this version of Firn has no archives on S3 yet`, {
        operation: 'open the archive',
        hint: 'Pass a folder with --archive-path.',
      });
  }
}

/** The bundles in which the ledger has segments. */
async function bundlesListed(ledger: Pick<LedgerReader, 'receipts'>): Promise<ReadonlySet<string>> {
  const live = await ledger.receipts({ state: ['draining', 'archived'] });
  return new Set(live.filter(({ tier }) => tier === 'cold').map(({ segment }) => bundleOf(segment)));
}
