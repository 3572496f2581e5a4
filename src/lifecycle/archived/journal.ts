import * as v from 'valibot';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { readRecords, writeRecord } from '../../archive/records.ts';
import { parseSegmentName } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { asInstant } from '../../model/instant.ts';

/** What became of a segment whose name was given up, as a record of the archive tells. */
export interface JournalEntry {
  /** The record's path. */
  readonly record: string;
  /** Its receipt from then on: `replaced` or `purged`. */
  readonly receipt: Receipt;
}

export interface Journal {
  /** Oldest record first. */
  readonly entries: readonly JournalEntry[];
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Writes down, durably, that names are about to be given up: to be called before the ledger says so, and before a byte goes. The
 * ledger may be lost, or put back to an older state, and a name must never be given to another segment. A record whose step was
 * never taken does no harm: see `recall`.
 * @param receipts what the receipts will be: `replaced` or `purged`.
 * @param at UTC ISO 8601.
 */
export async function recordGivenUp(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
  at: string,
): Promise<void> {
  const segments = [...receipts]
    .sort((a, b) => (a.segment < b.segment ? -1 : 1))
    .map((receipt) => ({
      ...{ segment: receipt.segment, state: receipt.state, tier: receipt.tier, rows: receipt.rows },
      ...{ bytes: receipt.bytes, raw_bytes: receipt.rawBytes, seal: receipt.digest },
      ...{ min_time: receipt.minTime, max_time: receipt.maxTime, archived_at: receipt.archivedAt },
      ...{ position: receipt.position, deleted: receipt.deleted, changed: receipt.changed },
      ...{ absent: receipt.absent, adopted: receipt.adopted },
      ...{ replaced_by: receipt.replacedBy, purged_at: receipt.purgedAt },
    }));
  await writeRecord(archive, 'journal', at, { format: 1, kind: 'given_up', at, segments });
}

/**
 * The segments that these directly replaced without a tombstone, because rows changed while they were copied: no record tells of
 * them, since their successor does, as long as it is there. They go into the record of its end.
 */
export function untoldAncestors(receipts: readonly Receipt[], heirs: readonly Receipt[]): Receipt[] {
  const ending = new Set(heirs.map(({ segment }) => segment));
  const tombstones = receipts.filter(({ state, bytes }) => state === 'purged' && bytes === 0);
  const told = new Set(tombstones.map(({ digest }) => digest));
  return receipts.filter(
    ({ state, replacedBy, digest }) =>
      state === 'replaced' && replacedBy !== null && ending.has(replacedBy) && !told.has(digest),
  );
}

/** Reads the names that were given up. A record that cannot be read hides none of the others. */
export async function readJournal(archive: ArchiveStore): Promise<Journal> {
  const { records, damaged } = await readRecords(archive, 'journal');
  const entries: JournalEntry[] = [];
  const unreadable = damaged.map(({ path, why }) => ({ path, why: `the record cannot be read: ${why}` }));
  for (const { path, value } of records) {
    const parsed = v.safeParse(RECORD, value);
    if (!parsed.success)
      unreadable.push({
        path,
        why: 'the record cannot be read: this version of Firn does not support it',
      });
    else entries.push(...parsed.output.segments.map((one) => ({ record: path, receipt: receiptOf(one) })));
  }
  return { entries, unreadable };
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());

const SEGMENT = v.strictObject({
  segment: v.pipe(
    v.string(),
    v.check((name) => parseSegmentName(name) !== null, 'not a segment name'),
  ),
  state: v.picklist(['replaced', 'purged']),
  tier: v.picklist(['warm', 'cold']),
  ...{ rows: count, bytes: count, raw_bytes: count },
  seal: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  ...{ min_time: instant, max_time: instant, archived_at: v.string() },
  ...{ position: count, deleted: count, changed: count, absent: count, adopted: v.boolean() },
  ...{ replaced_by: v.nullable(v.string()), purged_at: v.nullable(v.string()) },
});

const RECORD = v.strictObject({
  format: v.literal(1),
  kind: v.literal('given_up'),
  at: v.string(),
  segments: v.array(SEGMENT),
});

function receiptOf(one: v.InferOutput<typeof SEGMENT>): Receipt {
  const { segment, state, tier, rows, bytes, position, deleted, changed, absent, adopted } = one;
  const { table, day, part } = parseSegmentName(segment)!;
  return {
    // What was given up does not move on: its span does not matter.
    span: 'day',
    ...{ segment, table, day, part, state, tier, rows, bytes, position, deleted, changed, absent, adopted },
    ...{
      rawBytes: one.raw_bytes,
      digest: one.seal,
      minTime: asInstant(one.min_time),
      maxTime: asInstant(one.max_time),
    },
    ...{ archivedAt: one.archived_at, replacedBy: one.replaced_by, purgedAt: one.purged_at, provedAt: null },
  };
}
