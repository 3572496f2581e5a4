import type { ArchiveStore } from '../../archive/archive-store.ts';
import { AwayError, awayTiers } from '../../archive/away.ts';
import { IDENTITY_FILE } from '../../archive/identity.ts';
import { isInTier, listFiles } from '../../archive/listed-files.ts';
import { FirnError } from '../../model/errors.ts';
import { neverStop, type Stop, unlessStopped } from '../../model/stop.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { beginRun, type RunStores } from './begin-run.ts';

export interface RebuildReport {
  readonly command: 'rebuild';
  readonly asOf: string;
  /** Receipts before and after. */
  readonly before: number;
  readonly after: number;
  readonly rows: number;
  readonly steps: readonly Reconciled[];
  /** What else was done, in words. */
  readonly notes: readonly string[];
  /** Why it ended before all files were looked at; null when it did not. */
  readonly stopped: string | null;
}

/**
 * Makes the receipts again from the archive's files alone, for a lost or new database: takes the archive as this database's own, and adopts
 * every sealed segment that the ledger does not know. Rows that stand in hot as well, unchanged, leave it. Receipts that exist are kept, tombstones come from
 * the journal; run history and holds cannot be had from files. A stop ends it between two files or transactions; to go on, run it again.
 */
export async function rebuildLedger(
  stores: RunStores,
  { stop = neverStop }: { readonly stop?: Stop } = {},
): Promise<RebuildReport> {
  const { store, archive, clock } = stores;
  await requireArchive(archive);
  const before = (await store.ledger.receipts()).length;
  const done: Reconciled[] = [];
  const begun = await unlessStopped(stop, () =>
    beginRun(stores, { adopt: true, stop, onReconciled: (step) => done.push(step) }),
  );
  const receipts = await store.ledger.receipts();
  return {
    command: 'rebuild',
    asOf: new Date(clock.now()).toISOString(),
    before,
    after: receipts.length,
    rows: receipts.filter(({ state }) => state === 'archived').reduce((sum, { rows }) => sum + rows, 0),
    steps: begun?.reconciled ?? done,
    notes: begun?.notes ?? [],
    stopped: begun === null ? stop() : null,
  };
}

/** A mistyped path must not become an archive. */
async function requireArchive(archive: ArchiveStore): Promise<void> {
  const [away] = (await awayTiers(archive)).values();
  if (away !== undefined) throw new AwayError(away, 'rebuild the ledger');
  if ((await listFiles(archive)).some((file) => isInTier(file) || file.path === IDENTITY_FILE)) return;
  throw new FirnError('not_found', 'archive not found', {
    operation: 'rebuild the ledger',
    path: archive.location,
    hint: 'Check --archive-path.',
  });
}
