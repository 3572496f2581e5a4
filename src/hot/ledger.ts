import type { LakeFile } from '../format/lake/lake-file.ts';
import type { Hold } from '../model/filter.ts';
import type { Day, Instant } from '../model/instant.ts';
import type { Span } from '../model/policy/span.ts';
import type { AlarmLog, AlarmReader } from './recorded-alarm.ts';

/**
 * sealing: the segment is complete in a temporary file, about to get its name; nothing is deleted yet.
 * draining: sealed and proven; its rows are being deleted. archived: every row of it has left the hot store, or was
 * kept there on purpose. replaced: another segment holds its rows now. purged: its retention time ended (a tombstone).
 */
export type ReceiptState = 'sealing' | 'draining' | 'archived' | 'replaced' | 'purged';

/** In `replacedBy` of a purged receipt: its rows were erased; they were restored, and are ordinary rows of the database again. */
export const ERASED = 'erased';
export const RETURNED = 'returned';

/** The ledger's record of one segment. */
export interface Receipt {
  /** `<day>/<file name>`: the name the segment keeps in every tier, unique for ever. */
  readonly segment: string;
  readonly table: string;
  /** The first day of its span. */
  readonly day: Day;
  readonly span: Span;
  readonly part: number;
  readonly state: ReceiptState;
  readonly tier: 'warm' | 'cold';
  readonly rows: number;
  /** Size of the sealed file, and of its lines. */
  readonly bytes: number;
  readonly rawBytes: number;
  /** The seal: hexadecimal SHA-256 as in the segment's tail. */
  readonly digest: string;
  readonly minTime: Instant;
  readonly maxTime: Instant;
  /** UTC ISO 8601, as in each line. */
  readonly archivedAt: string;
  /** Lines below this position have been drained. */
  readonly position: number;
  readonly deleted: number;
  readonly changed: number;
  readonly absent: number;
  /** The segment that holds its rows now, when `replaced`. Of a `purged` one: why its rows are gone, when it was not their policy. */
  readonly replacedBy: string | null;
  readonly purgedAt: string | null;
  /** Its file was found without a receipt: the database may be older than it, so lines that differ from hot rows stay. */
  readonly adopted: boolean;
  /** When its bytes were last proved, UTC ISO 8601. */
  readonly provedAt: string | null;
}

/** The index of lookup keys that a run wrote into the archive. */
export interface IndexRecord {
  /** Hexadecimal SHA-256 of the file. */
  readonly digest: string;
  /** Hexadecimal SHA-256 of the receipts that it was made for. */
  readonly receipts: string;
}

/** A receipt as it was read, and what it becomes; both of one segment. */
export interface ReceiptMove {
  readonly from: Receipt;
  readonly to: Receipt;
}

export interface LakeReader {
  /** In the order of paths; of one table, whatever its ASCII case, or of all. Empty when there is no lake. */
  lakeFiles(table?: string): Promise<readonly LakeFile[]>;
}

/** The records of the lake (`_firn_lake`), which appear with the first. Each call is one transaction. */
export interface LakeLog extends LakeReader {
  /** Records files, in place of earlier records of their paths, and forgets other paths. Unknown paths to forget are passed over. */
  recordLake(files: readonly LakeFile[], forget?: readonly string[]): Promise<void>;
}

/** The `_firn_*` tables as a reader sees them; empty where they do not exist yet. */
export interface LedgerReader extends AlarmReader, LakeReader {
  /** The id that pairs this database with its archive; null before the first mutating run. */
  identity(): Promise<string | null>;
  /** The generation of the last run that changed things; null before the first. */
  generation(): Promise<string | null>;
  /** See `Ledger.recordIndex`; null before the first. */
  index(): Promise<IndexRecord | null>;
  receipts(filter?: {
    readonly table?: string;
    readonly state?: readonly ReceiptState[];
  }): Promise<readonly Receipt[]>;
  receipt(segment: string): Promise<Receipt | null>;
  /** Positions of lines whose row stays in hot, ascending: it had changed, or has the greatest id. Written in the drain's own transaction. */
  changed(segment: string): Promise<readonly number[]>;
  /** Those of them whose row read exactly as the line, and stays because its id would be given out again. */
  lastIds(segment: string): Promise<readonly number[]>;
  /** Whether an unfinished segment was recorded as `together`. */
  isTogether(segment: string): Promise<boolean>;
  holds(): Promise<readonly Hold[]>;
  /** Tables with leases of rows that no key tells, which are known by their rowids: VACUUM would change these. Sorted. */
  leasedByRowid(): Promise<readonly string[]>;
}

/** The same for the run that holds the lock. The tables appear with the first write. Each call is one transaction. */
export interface Ledger extends LedgerReader, AlarmLog, LakeLog {
  identify(id: string): Promise<void>;
  setGeneration(generation: string): Promise<void>;
  /** Records the index of lookup keys that was written, in place of the one before: no other is believed. */
  recordIndex(record: IndexRecord): Promise<void>;
  /**
   * Records segments that have no receipt yet, all of them in one transaction. Throws `refused`, and records none, when one has:
   * a name is given once, and whoever makes a segment does not own the receipt of another.
   * @param how `together`: their rows are deleted unit by unit. A drain of such a segment that was stopped does not go on, since another
   * run cannot tell the units.
   */
  insert(receipts: readonly Receipt[], how?: 'alone' | 'together'): Promise<void>;
  /**
   * Replaces receipts by what became of them, and records the segments that came of it, all in one transaction. Throws `refused`,
   * and changes nothing, when a receipt is no longer as it was read, or when one that is to be created exists.
   */
  move(moves: readonly ReceiptMove[], created?: readonly Receipt[]): Promise<void>;
  /** Makes durable that receipts are as they were read: a run that died while it wrote them may have left them visible and not durable. */
  confirm(receipts: readonly Receipt[]): Promise<void>;
  /** Forgets segments that never came to be (state `sealing` only; anything else is refused). */
  forget(segment: string): Promise<void>;
  /** Its id was never another hold's. */
  addHold(hold: Omit<Hold, 'id'>): Promise<Hold>;
  /** False when there is no such hold (any more). */
  removeHold(id: number): Promise<boolean>;
}
