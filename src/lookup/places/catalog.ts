import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openBundle } from '../../format/bundle/bundle-reader.ts';
import type { ByteSource } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { parseBundlePath, parseSegmentName, parseWarmPath, warmPath } from '../../format/segment-names.ts';
import { bySegment, successionOf } from '../../hot/heirs.ts';
import type { HotFinding } from '../../hot/hot-lookup.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { ifThere } from '../../model/errors.ts';
import { type Problem, problemOf } from './search-report.ts';
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
  async function look(
    source: ByteSource,
    segment: string,
    tier: 'warm' | 'cold',
    path: string,
  ): Promise<void> {
    try {
      const { footer } = await openSegment(source, segment);
      const { table, day, span, rows, rawBytes, minTime, maxTime, archivedAt, digest, replaces } = footer;
      if (replaces !== null) replaced.set(replaces, segment);
      found.set(segment, {
        ...{ segment, table, day, span, tier, rows, rawBytes, minTime, maxTime, archivedAt, digest },
        ...{ bytes: source.bytes, drained: rows, adopted: false, kept: NONE, leased: false },
      });
    } catch (error) {
      problems.push(asProblem(error, segment, tier, path));
    }
  }
  // Warm first: what moves to cold meanwhile is met twice, and not missed.
  for (const { path } of await archive.list('warm')) {
    const segment = parseWarmPath(path);
    if (segment === null) continue;
    await using file = await ifThere(archive.open(path));
    if (file !== null) await look(file, segment, 'warm', warmPath(segment));
  }
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null) continue;
    await using file = await ifThere(archive.open(path));
    if (file === null) continue;
    try {
      const bundle = await openBundle(file, path);
      for (const { name } of bundle.members) await look(bundle.open(name)!, name, 'cold', path);
    } catch (error) {
      problems.push(asProblem(error, path, 'cold', path));
    }
  }
  const refs = [...found.values()].filter(({ segment }) => !replaced.has(segment));
  return { refs, replaced, problems };
}

function asProblem(error: unknown, segment: string, tier: 'warm' | 'cold', path: string): Problem {
  const table = parseSegmentName(segment)?.table ?? '';
  return problemOf({ segment, path, table, tier, rows: 0 }, error);
}
