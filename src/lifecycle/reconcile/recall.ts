import type { Receipt, ReceiptMove } from '../../hot/ledger.ts';
import type { JournalEntry } from '../archived/journal.ts';

/** What the ledger is to learn from one record of the journal. */
export interface Recalled {
  readonly record: string;
  readonly moves: readonly ReceiptMove[];
  readonly created: readonly Receipt[];
}

/**
 * What the journal knows and the ledger does not: the ledger is older, or was made anew. A record is written before its step is taken,
 * so it counts only where the segment's bytes are gone: while they are there, nothing was given up yet. Of several records of one segment
 * (a step that was stopped and begun anew) the last counts. Pure.
 * @param isThere whether the bytes of this very segment are in the archive under its name.
 * @param isNamed whether the archive has anything under a name.
 */
export function recall(
  entries: readonly JournalEntry[],
  receipts: ReadonlyMap<string, Receipt>,
  isThere: (receipt: Receipt) => boolean,
  isNamed: (segment: string) => boolean,
): Recalled[] {
  const named = new Set(entries.map(({ receipt }) => receipt.segment));
  const isKnown = (segment: string): boolean =>
    named.has(segment) || receipts.has(segment) || isNamed(segment);
  const isCredible = (given: Receipt): boolean => {
    const known = receipts.get(given.segment);
    // The ledger knows another segment by this name.
    if (known !== undefined && known.digest !== given.digest) return false;
    if (given.bytes > 0 && isThere(given)) return false;
    // A successor that never came to be: then what it was to replace is missing, and not given up.
    return given.state === 'purged' || given.replacedBy === null || isKnown(given.replacedBy);
  };
  // A tombstone of rows that were taken out of a segment has its seal, and no bytes of its own.
  const groups = Map.groupBy(entries, ({ receipt }) => receipt.digest);
  const learned = new Map<string, { moves: ReceiptMove[]; created: Receipt[] }>();
  for (const group of groups.values()) {
    const { record } = group.at(-1)!;
    const own = group.filter((entry) => entry.record === record).map(({ receipt }) => receipt);
    if (!own.every(isCredible)) continue;
    const lesson = learned.get(record) ?? { moves: [], created: [] };
    for (const receipt of own) {
      const known = receipts.get(receipt.segment);
      if (known === undefined) lesson.created.push(receipt);
      else if (known.state !== 'replaced' && known.state !== 'purged')
        lesson.moves.push({ from: known, to: receipt });
    }
    if (lesson.moves.length + lesson.created.length > 0) learned.set(record, lesson);
  }
  return [...learned]
    .map(([record, lesson]) => ({ record, ...lesson }))
    .sort((a, b) => (a.record < b.record ? -1 : 1));
}
