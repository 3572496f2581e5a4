import type { ArchiveStore } from '../../archive/archive-store.ts';
import { isAway } from '../../archive/away.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { decodeLine, splitLines } from '../../format/line/line.ts';
import { pruneBlocks } from '../../format/match/candidate-blocks.ts';
import { rowMatcher } from '../../format/match/line-match.ts';
import { resolveFilter } from '../../format/match/row-filter.ts';
import type { ByteSource } from '../../format/segment/segment.ts';
import { openSegment, type SegmentReader } from '../../format/segment/segment-reader.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { dialectOf } from '../../model/database/dialect.ts';
import { isUnreadableFile } from '../../model/errors.ts';
import type { Condition, Hold } from '../../model/filter.ts';
import { sameWord } from '../../model/names.ts';
import { holdInWords } from './place-hold.ts';

/**
 * Which of these segments hold a row that a hold keeps, and the hold in words. Bloom filters spare most of the reading;
 * the rows themselves decide. A segment that cannot be read counts as held: nobody can say that it is not.
 */
export async function heldSegments(
  ledger: Pick<LedgerReader, 'holds' | 'receipt'>,
  archive: ArchiveStore,
  segments: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  const holds = await ledger.holds();
  if (holds.length === 0) return held;
  for (const segment of segments) {
    const receipt = await ledger.receipt(segment);
    // Words here, as names of some databases differ in case alone: the footer tells.
    const own = holds.filter(({ table }) => receipt !== null && sameWord(table, receipt.table));
    if (own.length === 0) continue;
    const reason = await whyHeld(archive, segment, own);
    if (reason !== null) held.set(segment, reason);
  }
  return held;
}

async function whyHeld(
  archive: ArchiveStore,
  segment: string,
  holds: readonly Hold[],
): Promise<string | null> {
  try {
    await using stored = await openStored(archive, segment, 'any');
    if (stored === null) return null;
    const hold = await firstMatch(stored.source, segment, holds);
    if (hold === null) return null;
    return `held by hold ${hold.id} (${holdInWords(hold)}): ${hold.reason}`;
  } catch (error) {
    if (!isUnreadableFile(error) && !isAway(error)) throw error;
    return `a hold may match rows in it, but it cannot be read: ${error.message}`;
  }
}

async function firstMatch(source: ByteSource, segment: string, holds: readonly Hold[]): Promise<Hold | null> {
  const reader = await openSegment(source, segment);
  const { footer } = reader;
  for (const hold of holds) {
    if (!dialectOf(footer).sameName(hold.table, footer.table)) continue;
    if (await holdsRow(reader, hold.conditions)) return hold;
  }
  return null;
}

/** What is left of the blocks is decoded and asked, row by row. A row's time does not matter. */
async function holdsRow(reader: SegmentReader, conditions: readonly Condition[]): Promise<boolean> {
  const { footer } = reader;
  const asked = { where: conditions, text: null, since: null, until: null, among: null };
  const filter = resolveFilter(
    asked,
    footer.columns.map(({ name }) => name),
    dialectOf(footer),
  );
  if (filter === null) return false;
  const pruned = await pruneBlocks(reader, filter, (error) => {
    if (!isUnreadableFile(error)) throw error;
  });
  const matchesRow = rowMatcher(filter, dialectOf(footer));
  for (const [index, why] of pruned.entries()) {
    if (why !== null) continue;
    const lines = splitLines(await reader.block(index));
    if (lines.some((line) => matchesRow(decodeLine(line, footer.table)))) return true;
  }
  return false;
}
