import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { keyTexts } from '../../format/line/key-texts.ts';
import { decodeLine, InvalidText, type Row, type SqlValue, splitLines } from '../../format/line/line.ts';
import type { ByteSource } from '../../format/segment/segment.ts';
import { openSegment, type SegmentReader } from '../../format/segment/segment-reader.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { type Condition, type Hold, matches } from '../../model/filter.ts';
import { sameName } from '../../model/names.ts';
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
    const own = holds.filter(({ table }) => receipt !== null && sameName(table, receipt.table));
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
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return `a hold may match rows in it, but it cannot be read: ${error.message}`;
  }
}

async function firstMatch(source: ByteSource, segment: string, holds: readonly Hold[]): Promise<Hold | null> {
  const reader = await openSegment(source, segment);
  for (const hold of holds) {
    const conditions = inSegment(reader, hold.conditions);
    if (conditions !== null && (await holdsRow(reader, conditions))) return hold;
  }
  return null;
}

/** The conditions with the columns as the segment writes them; null when it lacks one, which then is NULL and matches nothing. */
function inSegment({ footer }: SegmentReader, conditions: readonly Condition[]): Condition[] | null {
  const found: Condition[] = [];
  for (const condition of conditions) {
    const column = footer.columns.find(({ name }) => sameName(name, condition.column));
    if (column === undefined) return null;
    found.push({ ...condition, column: column.name });
  }
  return found;
}

async function holdsRow(reader: SegmentReader, conditions: readonly Condition[]): Promise<boolean> {
  const candidates = await candidateBlocks(reader, conditions);
  for (const [index, candidate] of candidates.entries()) {
    if (!candidate) continue;
    for (const line of splitLines(await reader.block(index))) {
      const row = decodeLine(line, reader.footer.table);
      if (conditions.every((condition) => satisfies(row, condition))) return true;
    }
  }
  return false;
}

async function candidateBlocks(
  reader: SegmentReader,
  conditions: readonly Condition[],
): Promise<readonly boolean[]> {
  let candidates: readonly boolean[] = reader.footer.blocks.map(() => true);
  for (const { column, op, value } of conditions) {
    const texts = op === '=' ? keyTexts(value) : null;
    if (texts === null) continue;
    const answers = await Promise.all(texts.map((text) => reader.mayContain(column, text)));
    if (answers.includes(null)) continue;
    candidates = candidates.map((candidate, index) => candidate && answers.some((may) => may![index]));
  }
  return candidates;
}

function satisfies(row: Row, condition: Condition): boolean {
  const value: SqlValue = row[condition.column] ?? null;
  // Text that is not UTF-8 equals nothing that can be typed; whether it contains or exceeds it is not looked into.
  if (value instanceof InvalidText) return condition.op !== '=';
  return matches(condition, value);
}
