import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import { retryReads } from '../archive/retried-reads.ts';
import { bundleOf } from '../archive/stored-segment.ts';
import { tieredArchive } from '../archive/tiered/tiered-archive.ts';
import { TrafficCounter } from '../archive/traffic.ts';
import type { LedgerReader } from '../hot/ledger.ts';
import type { Clock } from '../model/clock.ts';
import type { Location } from '../model/location.ts';
import { type ArchivePlaces, areApart } from '../model/policy/archive-places.ts';
import { type Config, spoolOf } from '../model/policy/config.ts';
import { type S3Settings, s3Defaults } from '../model/policy/s3-settings.ts';
import { lazyArchive } from './archives/lazy-archive.ts';
import { s3World } from './archives/s3-world.ts';
import { requireTwoFolders } from './archives/two-folders.ts';
import { systemClock } from './system-clock.ts';

/** What archives are opened with, apart from where they are. */
export interface OpeningOptions {
  readonly clock?: Clock;
  /** Of the archive's database, once it is open: what it lists tells a location that is away from a new one. */
  readonly ledger?: () => Pick<LedgerReader, 'receipts'>;
  /** For locations on S3; without it, the environment is not looked at. */
  readonly s3?: S3Settings;
  /** The folder of files that are not in the bucket yet. Needed by whoever changes the archive. */
  readonly spool?: string;
  /** Counts for all locations and threads of one run. */
  readonly traffic?: TrafficCounter;
}

/** What the archives of one configuration are opened with. */
export function openingOptions(
  { database, s3 }: Pick<Config, 'database' | 's3'>,
  clock?: Clock,
  traffic?: TrafficCounter,
): OpeningOptions {
  return {
    ...{ s3, spool: spoolOf({ database, s3 }) },
    ...(clock === undefined ? {} : { clock }),
    ...(traffic === undefined ? {} : { traffic }),
  };
}

/** Opens the archive store at a location, or at one for each tier; nothing is created by it. Its reads are tried again while it is unavailable. */
export function openArchive(places: ArchivePlaces, options: OpeningOptions = {}): ArchiveStore {
  const { warm, cold } = places;
  const traffic = options.traffic ?? new TrafficCounter();
  const open = (location: Location): ArchiveStore => openLocation(location, { ...options, traffic });
  const { ledger } = options;
  const expected = ledger === undefined ? null : () => bundlesListed(ledger());
  if (!areApart(places)) return tieredArchive(open(warm), null, expected);
  requireTwoFolders(places);
  return tieredArchive(open(warm), open(cold), expected);
}

function openLocation(
  location: Location,
  { clock = systemClock, s3, spool, traffic }: OpeningOptions & { readonly traffic: TrafficCounter },
): ArchiveStore {
  switch (location.scheme) {
    case 'file':
      return retryReads(openFolder(location.path), clock);
    case 's3': {
      const settings = s3 ?? s3Defaults({});
      return lazyArchive(location.text, traffic, async () => {
        const [{ openS3 }, { nodeFileSystem }, world] = await Promise.all([
          import('../archive/s3/store/open-s3.ts'),
          import('../archive/disk/node-file-system.ts'),
          s3World(clock),
        ]);
        const disk = { spool: spool ?? '', fileSystem: nodeFileSystem };
        return openS3(location, settings, { ...world, ...disk, traffic });
      });
    }
  }
}

/** The bundles in which the ledger has segments. */
async function bundlesListed(ledger: Pick<LedgerReader, 'receipts'>): Promise<ReadonlySet<string>> {
  const live = await ledger.receipts({ state: ['draining', 'archived'] });
  return new Set(live.filter(({ tier }) => tier === 'cold').map(({ segment }) => bundleOf(segment)));
}
