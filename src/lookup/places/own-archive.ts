import type { ArchiveStore } from '../../archive/archive-store.ts';
import { IDENTITY_FILE, markedFor } from '../../archive/identity.ts';
import { bundleOf, openStored } from '../../archive/stored-segment.ts';
import { NOT_LISTED, WAY_OUT } from '../../archive/way-out.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { LedgerReader, Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { type ArchiveNames, namesIn } from './archive-names.ts';
import type { Problem } from './search-report.ts';

/**
 * Makes sure that answers from this archive are answers about this database: an archive that the database does not account for is an alarm, and never
 * an empty answer.
 * @returns `alarms`: what is wrong with a part of the archive only: a lost marker, segments that the ledger does not list.
 * @throws FirnError `integrity` when the archive is another database's, or the ledger or the archive's files are lost.
 */
export async function requireOwnArchive(
  ledger: Pick<LedgerReader, 'identity' | 'receipts' | 'receipt'>,
  archive: ArchiveStore,
): Promise<{ readonly alarms: readonly Problem[]; readonly names: ArchiveNames }> {
  const expected = await ledger.identity();
  const marking = markedFor(archive, expected);
  marking.catch(() => undefined);
  // Files first: a file has a receipt before it has its name, so what a run beside this adds is in both or in the receipts.
  const names = await namesIn(archive);
  const ours = await ledger.identity();
  const marked = await marking;
  // A run beside this may have marked it since.
  const theirs = marked === ours && ours === expected ? marked : await markedFor(archive, ours);
  const receipts = await ledger.receipts();
  const listed = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  // The segments of a damaged bundle that the ledger lists are problems of their own.
  const inCold = new Set(
    receipts.filter(({ tier }) => tier === 'cold').map(({ segment }) => bundleOf(segment)),
  );
  const alarms = names.problems.filter(({ path }) => !inCold.has(path));
  if (ours !== null && theirs !== null && ours !== theirs)
    throw foreign(archive, 'the archive belongs to another database, or to an older state of this database');
  if (ours === null && names.segments.size > 0) {
    throw foreign(
      archive,
      `the archive has ${names.segments.size} segments, but this database has no ledger that lists them`,
    );
  }
  if (ours !== null && theirs === null) {
    const live = receipts.filter(({ state }) => state === 'draining' || state === 'archived');
    if (live.length > 0 && live.every(({ segment }) => !names.segments.has(segment))) {
      const lost = `the ledger lists ${live.length} segments, but the archive has none of them`;
      throw foreign(archive, lost);
    }
    if (names.segments.size > 0) alarms.push(markerLost());
  }
  for (const segment of names.segments.keys()) {
    if (listed.has(segment) || !(await isUncovered(ledger, archive, listed, segment))) continue;
    alarms.push(uncovered(segment, names));
  }
  return { alarms, names };
}

/** False for what a run beside this has just added or removed, and for a rewrite that is not finished: the ledger lists the segment that it replaces. */
async function isUncovered(
  ledger: Pick<LedgerReader, 'receipt'>,
  archive: ArchiveStore,
  listed: ReadonlyMap<string, Receipt>,
  segment: string,
): Promise<boolean> {
  if ((await ledger.receipt(segment)) !== null) return false;
  try {
    await using stored = await openStored(archive, segment, 'any');
    if (stored === null) return false;
    const { replaces } = (await openSegment(stored.source, segment)).footer;
    const replaced = replaces === null ? undefined : listed.get(replaces);
    return replaced?.state !== 'draining' && replaced?.state !== 'archived';
  } catch (error) {
    if (error instanceof FirnError) return true;
    throw error;
  }
}

function uncovered(segment: string, { segments }: ArchiveNames): Problem {
  const { table, tier, path } = segments.get(segment)!;
  return { segment, path, table, tier, rows: 0, why: NOT_LISTED };
}

function markerLost(): Problem {
  const why =
    'archive.json is missing, so the database of this archive is unknown. Restore the file, or run: firn archive all --adopt';
  return { segment: IDENTITY_FILE, path: IDENTITY_FILE, table: '', tier: 'warm', rows: 0, why };
}

function foreign(archive: ArchiveStore, why: string): FirnError {
  return new FirnError('integrity', why, {
    operation: 'read the archive of this database',
    path: archive.location,
    hint: `${WAY_OUT} To read the archive without the database, pass --archives-only.`,
  });
}
