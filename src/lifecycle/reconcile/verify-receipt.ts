import type { Footer } from '../../format/segment/segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
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

/** Null when all is well with the file that is checked, else why it is not. */
export async function checking(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (isUnreadableFile(error) || isNotThere(error)) return error.message;
    throw error;
  }
}
