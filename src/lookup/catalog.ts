import type { ArchiveStore } from '../archive/archive-store.ts';
import { openBundle } from '../format/bundle-reader.ts';
import { parseBundlePath, parseSegmentName, parseWarmPath, warmPath } from '../format/names.ts';
import type { ByteSource } from '../format/segment.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { Receipt } from '../hot/ledger.ts';
import { FirnError } from '../model/errors.ts';
import type { Problem } from './search-report.ts';
import type { SegmentRef } from './segment-ref.ts';

/** The segments whose receipts are live, of those given. `leased`: segments with rows that were restored into hot. */
export function refsOfReceipts(receipts: readonly Receipt[], leased: ReadonlySet<string>): SegmentRef[] {
  const heirs = new Map(receipts.map(({ segment, replacedBy }) => [segment, replacedBy]));
  const shared = new Set<string>();
  for (const segment of leased) {
    let name: string | null = segment;
    for (; name !== null && !shared.has(name); name = heirs.get(name) ?? null) shared.add(name);
  }
  return receipts
    .filter(({ state }) => state === 'draining' || state === 'archived')
    .map((receipt) => refOf(receipt, shared.has(receipt.segment)));
}

function refOf(receipt: Receipt, leased: boolean): SegmentRef {
  const { segment, table, day, tier, rows, bytes, rawBytes, minTime, maxTime, archivedAt, digest } = receipt;
  const draining = receipt.state === 'draining';
  return {
    ...{ segment, table, day, tier, rows, bytes, rawBytes, minTime, maxTime, archivedAt, digest },
    drained: draining ? receipt.position : rows,
    // A line whose row changed while it was copied gives way to the row.
    shared: leased || ((draining || receipt.adopted) && receipt.changed > 0),
  };
}

/**
 * The segments found in the files of an archive, for when there is no database. A segment that another one replaces is left
 * out, and one that is in both tiers counts once. What cannot be read is in `problems`.
 */
export async function refsOfFiles(
  archive: ArchiveStore,
): Promise<{ readonly refs: readonly SegmentRef[]; readonly problems: readonly Problem[] }> {
  const found = new Map<string, SegmentRef>();
  const replaced = new Set<string>();
  const problems: Problem[] = [];
  async function look(
    source: ByteSource,
    segment: string,
    tier: 'warm' | 'cold',
    path: string,
  ): Promise<void> {
    try {
      const { footer } = await openSegment(source, segment);
      const { table, day, rows, rawBytes, minTime, maxTime, archivedAt, digest, replaces } = footer;
      if (replaces !== null) replaced.add(replaces);
      found.set(segment, {
        ...{ segment, table, day, tier, rows, rawBytes, minTime, maxTime, archivedAt, digest },
        ...{ bytes: source.bytes, drained: rows, shared: false },
      });
    } catch (error) {
      problems.push(asProblem(error, segment, tier, path));
    }
  }
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null) continue;
    await using file = await archive.open(path);
    try {
      const bundle = await openBundle(file, path);
      for (const { name } of bundle.members) await look(bundle.open(name)!, name, 'cold', path);
    } catch (error) {
      problems.push(asProblem(error, path, 'cold', path));
    }
  }
  for (const { path } of await archive.list('warm')) {
    const segment = parseWarmPath(path);
    if (segment === null) continue;
    await using file = await archive.open(path);
    await look(file, segment, 'warm', warmPath(segment));
  }
  return { refs: [...found.values()].filter(({ segment }) => !replaced.has(segment)), problems };
}

function asProblem(error: unknown, segment: string, tier: 'warm' | 'cold', path: string): Problem {
  if (!(error instanceof FirnError)) throw error;
  const table = parseSegmentName(segment)?.table ?? '';
  return { segment, path, table, tier, rows: 0, why: error.message };
}
