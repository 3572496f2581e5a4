import { ERASED, RETURNED, type Receipt } from '../../hot/ledger.ts';

/** The account of one table: every row that ever left hot is in warm, in cold, was purged or erased, or came back. */
export interface TableAccount {
  readonly table: string;
  /** Rows that left hot into an archive: deleted by Firn, or gone when Firn came to delete them. */
  readonly archived: number;
  readonly warm: number;
  readonly cold: number;
  readonly purged: number;
  /** Rows that were erased from the archives. */
  readonly erased: number;
  /** Rows that were restored and changed: ordinary rows of the database again, and no longer archived. */
  readonly returned: number;
  readonly balanced: boolean;
}

/**
 * Draws up the account of each table from its receipts. What left hot is counted when it is deleted, what is held when it is sealed: two
 * figures that were never derived from each other. Unfinished segments are left out: reconciling comes first.
 */
export function drawUpAccounts(receipts: readonly Receipt[]): TableAccount[] {
  const heirs = new Set(receipts.flatMap(({ replacedBy }) => (replacedBy === null ? [] : [replacedBy])));
  const accounts = new Map<string, Writable>();
  for (const receipt of receipts) {
    const account = accounts.get(receipt.table) ?? { ...NOTHING };
    accounts.set(receipt.table, account);
    const { state, tier, rows } = receipt;
    if (state === 'archived') account[tier] += rows;
    if (state === 'purged') account[fateOf(receipt)] += rows;
    if (state === 'sealing' || state === 'draining') continue;
    // What a rewritten segment holds left hot under its first ancestor's receipt.
    if (!heirs.has(receipt.segment)) account.archived += left(receipt);
  }
  return [...accounts]
    .map(([table, account]) => {
      const { archived, warm, cold, purged, erased, returned } = account;
      return { table, ...account, balanced: archived === warm + cold + purged + erased + returned };
    })
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** Rows that Firn deleted from the database, as the receipts count them, those of unfinished segments too. */
export function rowsDeleted(receipts: readonly Receipt[]): number {
  const heirs = new Set(receipts.map(({ replacedBy }) => replacedBy));
  return receipts.filter(({ segment }) => !heirs.has(segment)).reduce((sum, { deleted }) => sum + deleted, 0);
}

type Writable = { -readonly [Name in keyof Sums]: number };
type Sums = Omit<TableAccount, 'table' | 'balanced'>;

const NOTHING: Sums = { archived: 0, warm: 0, cold: 0, purged: 0, erased: 0, returned: 0 };

/** Why the rows of a purged receipt are in no file any more. A tombstone without bytes is that of an erasure, if it does not say otherwise. */
export function fateOf({ replacedBy, bytes }: Receipt): 'purged' | 'erased' | 'returned' {
  if (replacedBy === RETURNED) return 'returned';
  return replacedBy === ERASED || bytes === 0 ? 'erased' : 'purged';
}

function left({ adopted, rows, deleted, absent }: Receipt): number {
  return adopted ? rows : deleted + absent;
}
