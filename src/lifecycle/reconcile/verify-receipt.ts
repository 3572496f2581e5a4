import { awayInWords, isAway } from '../../archive/away.ts';
import type { Footer } from '../../format/segment/segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { FileAlarmKind } from '../../hot/recorded-alarm.ts';
import { FirnError, isNotThere, isUnreadableFile } from '../../model/errors.ts';

/** Throws `integrity` unless a segment's footer and seal are those that its receipt remembers. */
export function compare(
  receipt: Receipt,
  footer: Pick<Footer, 'digest' | 'rows' | 'table' | 'day' | 'span' | 'part'>,
): void {
  if (footer.digest !== receipt.digest) {
    throw mismatch(receipt, 'its checksum does not match the ledger');
  }
  for (const key of ['rows', 'table', 'day', 'span', 'part'] as const) {
    if (footer[key] !== receipt[key]) {
      throw mismatch(receipt, `its footer has ${key} ${footer[key]}, the ledger has ${receipt[key]}`);
    }
  }
}

export function mismatch(receipt: Receipt, why: string): FirnError {
  return new FirnError('integrity', why, { operation: 'verify the segment', path: receipt.segment });
}

/** The error of a segment whose file or bundle member is not there. */
export function missing(segment: string): FirnError {
  return new FirnError('not_found', 'it is missing', { operation: 'verify the segment', path: segment });
}

/** What is wrong with a file. */
export interface Wrong {
  readonly kind: FileAlarmKind;
  readonly message: string;
}

/** What an error in reading a file says of it. */
export function wrongBy(error: FirnError): Wrong {
  if (isAway(error)) return { kind: 'away', message: awayInWords(error.away) };
  const kind = error.code === 'not_found' ? 'missing' : error.isLater ? 'later' : 'damaged';
  return { kind, message: error.message };
}

/** Null when all is well with the file that is checked, else what is not. */
export async function checking(check: () => Promise<void>): Promise<Wrong | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (isUnreadableFile(error) || isNotThere(error)) return wrongBy(error);
    throw error;
  }
}
