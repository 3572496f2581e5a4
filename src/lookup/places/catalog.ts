import type { ArchiveStore } from '../../archive/archive-store.ts';
import { segmentsByFooter } from '../../archive/found-segments.ts';
import { bySegment, successionOf } from '../../hot/heirs.ts';
import type { HotFinding } from '../../hot/hot-lookup.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { type Problem, unreadable } from './search-report.ts';
import type { SegmentRef } from './segment-ref.ts';

/** The segments of a table whose receipts are live. */
export function refsOfReceipts({
  receipts,
  leased,
  kept,
}: Pick<HotFinding, 'receipts' | 'leased' | 'kept'>): SegmentRef[] {
  const known = bySegment(receipts);
  const shared = new Set(
    [...leased].flatMap((name) => successionOf(known, name).map(({ segment }) => segment)),
  );
  return receipts
    .filter(isLive)
    .map((receipt) => refOf(receipt, shared.has(receipt.segment), kept.get(receipt.segment) ?? NONE));
}

const NONE: ReadonlySet<number> = new Set();

/** Whether a segment counts: until its drain begins all of its rows are hot, unless it was adopted. */
function isLive({ state, adopted }: Receipt): boolean {
  return state === 'draining' || state === 'archived' || (state === 'sealing' && adopted);
}

function refOf(receipt: Receipt, leased: boolean, kept: ReadonlySet<number>): SegmentRef {
  const { segment, table, day, span, tier, rows, bytes, rawBytes, minTime, maxTime } = receipt;
  const { archivedAt, digest, state, position, adopted } = receipt;
  return {
    ...{ segment, table, day, span, tier, rows, bytes, rawBytes, minTime, maxTime, archivedAt, digest },
    ...{ drained: state === 'archived' ? rows : position, adopted, kept, leased },
  };
}

/**
 * The segments found in the files of an archive, for when there is no database. A segment that another one replaces is left
 * out, and one that is in both tiers counts once. What cannot be read is in `problems`.
 */
export async function refsOfFiles(archive: ArchiveStore): Promise<{
  readonly refs: readonly SegmentRef[];
  /** The segment that replaces another, by the other's name. */
  readonly replaced: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}> {
  const found = new Map<string, SegmentRef>();
  const replaced = new Map<string, string>();
  const problems: Problem[] = [];
  for await (const one of segmentsByFooter(archive)) {
    if ('error' in one) {
      problems.push(unreadable(one));
      continue;
    }
    const { segment, tier, bytes, footer } = one;
    const { table, day, span, rows, rawBytes, minTime, maxTime, archivedAt, digest, replaces } = footer;
    if (replaces !== null) replaced.set(replaces, segment);
    found.set(segment, {
      ...{ segment, table, day, span, tier, rows, rawBytes, minTime, maxTime, archivedAt, digest },
      ...{ bytes, drained: rows, adopted: false, kept: NONE, leased: false },
    });
  }
  const refs = [...found.values()].filter(({ segment }) => !replaced.has(segment));
  return { refs, replaced, problems };
}
