import type { ArchiveStore } from '../../archive/archive-store.ts';
import { IDENTITY_FILE, markedFor } from '../../archive/identity.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import type { AlarmFinding } from '../../hot/recorded-alarm.ts';
import { FirnError } from '../../model/errors.ts';
import type { Inventory } from '../reconcile/reconcile-inventory.ts';
import type { PlannedStep } from '../reconcile/reconcile-plan.ts';
import { uncovered } from '../reconcile/uncovered.ts';

/** How far the ledger covers the archive. */
export interface Coverage {
  /** Whether the archive is this database's: only then are the steps of a reconciliation its unfinished work. */
  readonly isOwn: boolean;
  readonly findings: readonly AlarmFinding[];
}

export async function coverageOf(
  ledger: Pick<LedgerReader, 'identity' | 'receipt'>,
  archive: ArchiveStore,
  inventory: Pick<Inventory, 'warm' | 'cold'>,
  steps: readonly PlannedStep[],
): Promise<Coverage> {
  const foreign = await foreignArchive(ledger, archive, inventory);
  if (foreign !== null) return { isOwn: false, findings: [foreign] };
  return { isOwn: true, findings: await uncovered(ledger, inventory, steps) };
}

/** What is wrong with an archive that has segments and is not this database's, or has no database; null for this database's own. */
async function foreignArchive(
  ledger: Pick<LedgerReader, 'identity'>,
  archive: ArchiveStore,
  { warm, cold }: Pick<Inventory, 'warm' | 'cold'>,
): Promise<AlarmFinding | null> {
  const segments = warm.filter(({ kind }) => kind !== 'foreign').length + cold.size;
  if (segments === 0) return null;
  const about = { kind: 'foreign', subject: IDENTITY_FILE, path: IDENTITY_FILE, table: null } as const;
  const ours = await ledger.identity();
  if (ours === null) {
    const message = `the archive has ${segments} segments, but this database has no ledger that lists them`;
    return { ...about, message };
  }
  try {
    const theirs = await markedFor(archive, ours);
    if (theirs === null || theirs === ours) return null;
    return {
      ...about,
      message: 'the archive belongs to another database, or to an older state of this database',
    };
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return { ...about, kind: 'damaged', message: error.message };
  }
}
