import type { Hold } from '../model/filter.ts';
import type { Day, Instant } from '../model/instant.ts';

/**
 * sealing: the segment is complete in a temporary file, about to get its name; nothing is deleted yet.
 * draining: sealed and proven; its rows are being deleted. archived: every row of it has left the hot store, or was
 * kept there on purpose. replaced: another segment holds its rows now. purged: its time was over (a tombstone).
 */
export type ReceiptState = 'sealing' | 'draining' | 'archived' | 'replaced' | 'purged';

/** The ledger's record of one segment. */
export interface Receipt {
  /** `<day>/<file name>`: the name the segment keeps in every tier, unique for ever. */
  readonly segment: string;
  readonly table: string;
  readonly day: Day;
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
  /** The segment that holds its rows now, when `replaced`. */
  readonly replacedBy: string | null;
  readonly purgedAt: string | null;
  /** Its file was found without a receipt: the database may be older than it, so lines that differ from hot rows stay. */
  readonly adopted: boolean;
  /** When its bytes were last proved, UTC ISO 8601. */
  readonly provedAt: string | null;
}

/** The `_firn_*` tables as a reader sees them; empty where they do not exist yet. */
export interface LedgerReader {
  /** The id that pairs this database with its archive; null before the first mutating run. */
  identity(): Promise<string | null>;
  receipts(filter?: {
    readonly table?: string;
    readonly state?: readonly ReceiptState[];
  }): Promise<readonly Receipt[]>;
  receipt(segment: string): Promise<Receipt | null>;
  /** Positions that drains of this segment found changed, ascending: written in the drain's own transaction. */
  changed(segment: string): Promise<readonly number[]>;
  holds(): Promise<readonly Hold[]>;
}

/** The same for the run that holds the lock. The tables appear with the first write. Each call is one transaction. */
export interface Ledger extends LedgerReader {
  identify(id: string): Promise<void>;
  /** Inserts, or replaces the record of the same segment; all of them in one transaction. */
  put(receipts: readonly Receipt[]): Promise<void>;
  /** Forgets segments that never came to be (state `sealing` only; anything else is refused). */
  forget(segment: string): Promise<void>;
  addHold(hold: Omit<Hold, 'id'>): Promise<Hold>;
  /** False when there is no such hold. */
  removeHold(id: number): Promise<boolean>;
}
