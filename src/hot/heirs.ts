import type { Receipt } from './ledger.ts';

type Heirs = Pick<Receipt, 'segment' | 'state' | 'replacedBy'>;

/** Receipts by the names of their segments. */
export function bySegment<R extends Heirs>(receipts: readonly R[]): ReadonlyMap<string, R> {
  return new Map(receipts.map((receipt) => [receipt.segment, receipt]));
}

/**
 * The receipt of a segment and those of the segments that replaced it one after the other, as far as they are known. A ledger whose
 * segments replace each other in a circle is not one of ours; the list ends before it would repeat itself.
 */
export function successionOf<R extends Heirs>(receipts: ReadonlyMap<string, R>, segment: string): R[] {
  const line = new Map<string, R>();
  let receipt = receipts.get(segment);
  while (receipt !== undefined && !line.has(receipt.segment)) {
    line.set(receipt.segment, receipt);
    const heir: string | null = receipt.state === 'replaced' ? receipt.replacedBy : null;
    receipt = heir === null ? undefined : receipts.get(heir);
  }
  return [...line.values()];
}

/**
 * The receipt that answers for a segment's rows now: its own, or that of its last successor. Null when there is none: the
 * segment is unknown, was replaced by nothing, or its successor is unknown.
 */
export function heirOf<R extends Heirs>(receipts: ReadonlyMap<string, R>, segment: string): R | null {
  const last = successionOf(receipts, segment).at(-1);
  return last === undefined || last.state === 'replaced' ? null : last;
}

/** Whether no row is read from the segment any more: it was purged, or its rows are in a successor that is archived or was purged. */
export function isGivenUp<R extends Heirs>(
  receipt: R | undefined,
  receipts: ReadonlyMap<string, R>,
): boolean {
  if (receipt?.state !== 'purged' && receipt?.state !== 'replaced') return false;
  const last = successionOf(receipts, receipt.segment).at(-1)!;
  return (
    last.state === 'purged' ||
    last.state === 'archived' ||
    (last.state === 'replaced' && last.replacedBy === null)
  );
}
