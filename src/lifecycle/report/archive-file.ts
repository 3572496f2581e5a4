import { isAway } from '../../archive/away.ts';
import { openStored } from '../../archive/stored-segment.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { FirnError, isUnreadableFile } from '../../model/errors.ts';
import { formatInstant, instantOfMs } from '../../model/instant.ts';
import { compare } from '../reconcile/verify-receipt.ts';
import {
  type ArchiveFile,
  archiveFile,
  type FileAlarm,
  type FileSources,
  fileAlarms,
} from './archive-files.ts';
import { standingOf } from './standing-alarms.ts';

/** One segment: what the ledger and its footer say of it. At least one of them is there. */
export interface FileDetails {
  /** UTC ISO 8601. */
  readonly asOf: string;
  readonly segment: string;
  /** Null for a file that the ledger does not list. */
  readonly file: ArchiveFile | null;
  /** Where it was found, and its footer; null when it is not there, or cannot be read. */
  readonly found: {
    readonly path: string;
    readonly tier: 'warm' | 'cold';
    readonly bytes: number;
    readonly footer: Footer;
  } | null;
  /** Why it cannot be read, does not match the ledger, or cannot be relied on; null when all is well. */
  readonly problem: FileAlarm | null;
}

/**
 * Reads the footer of one segment and compares it with the ledger. No row is read.
 * @param segment `<day>/<file name>`.
 * @throws FirnError `not_found` when neither the ledger nor the archive has it.
 */
export async function fileDetails(
  { reader, archive, clock }: FileSources,
  segment: string,
): Promise<FileDetails> {
  const asOf = formatInstant(instantOfMs(clock.now()));
  const standing = await standingOf(reader.ledger, archive);
  const against = fileAlarms(standing);
  const receipt = standing.inventory.receipts.find((one) => one.segment === segment);
  const file = receipt === undefined ? null : archiveFile(receipt, against);
  const known = file?.alarm ?? against.get(segment) ?? null;
  let found: FileDetails['found'] = null;
  try {
    await using stored = await openStored(archive, segment, 'any');
    if (stored !== null) {
      const { footer } = await openSegment(stored.source, segment);
      found = { path: stored.path, tier: stored.tier, bytes: stored.source.bytes, footer };
      if (receipt !== undefined) compare(receipt, footer);
    }
  } catch (error) {
    if (!isUnreadableFile(error) && !isAway(error)) throw error;
    const { message } = error;
    return { asOf, segment, file, found, problem: { message, acknowledged: known?.acknowledged ?? false } };
  }
  if (file !== null || found !== null) return { asOf, segment, file, found, problem: known };
  throw new FirnError('not_found', 'neither the ledger nor the archive has this file', {
    operation: 'find the archive file',
    path: segment,
    hint: 'List the files: firn retention files',
  });
}
