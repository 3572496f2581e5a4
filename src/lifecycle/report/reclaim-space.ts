import type { DatabaseFile, HotDisk } from '../../hot/hot-stats.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { Stop } from '../../model/stop.ts';
import { Pacer } from '../segments/pacer.ts';
import { planReclaim, type ReclaimPlan } from './reclaim-plan.ts';

export interface ReclaimReport {
  readonly plan: ReclaimPlan;
  readonly after: DatabaseFile;
  /** By how much the file is smaller. */
  readonly freedBytes: number;
  readonly durationMs: Milliseconds;
  /** Why it ended before all was given back; null when it did not. */
  readonly stopped: string | null;
}

export interface ReclaimOptions {
  /** Rebuild the whole file, although writers wait meanwhile. */
  readonly full?: boolean;
  /** Share of time that the write lock may be held, 0 < share <= 1. */
  readonly share?: number;
  /** Asked between two steps: the reason to stop now, or null. */
  readonly stop?: Stop;
  readonly onProgress?: (freedPages: number, totalPages: number) => void;
}

/** Says what could be given back. Changes nothing. */
export async function lookAtDisk(disk: Pick<HotDisk, 'file' | 'room'>, full = false): Promise<ReclaimPlan> {
  return planReclaim(await disk.file(), await disk.room(), full);
}

/**
 * Gives free pages of the database file back to the disk; no row is touched. In short steps beside writers where the file allows it. A full
 * rebuild only when told to: throws `refused` when the disk has no room for it, while a segment's rows are still being deleted, and while rows
 * without a key are leased (a rebuild may renumber them).
 */
export async function reclaim(
  disk: HotDisk,
  ledger: LedgerReader,
  clock: Clock,
  options: ReclaimOptions = {},
): Promise<ReclaimReport> {
  const began = clock.monotonic();
  const plan = await lookAtDisk(disk, options.full);
  let stopped: string | null = null;
  if (plan.method === 'incremental') stopped = await stepByStep(disk, clock, plan, options);
  if (plan.method === 'full') {
    await refuseUnfit(ledger, plan);
    await disk.vacuumFull();
  }
  await disk.checkpoint();
  const after = await disk.file();
  const freedBytes = Math.max(0, plan.file.bytes - after.bytes);
  return { plan, after, freedBytes, durationMs: Math.round(clock.monotonic() - began), stopped };
}

/** Returns why it was stopped. */
async function stepByStep(
  disk: HotDisk,
  clock: Clock,
  plan: ReclaimPlan,
  { share, stop, onProgress }: ReclaimOptions,
): Promise<string | null> {
  const pacer = new Pacer(clock, disk.gentleHoldMs.plain, share);
  const total = plan.file.freePages;
  for (let done = 0; done < total; ) {
    const reason = stop?.() ?? null;
    if (reason !== null) return reason;
    const { freed, heldMs } = await disk.vacuumStep(Math.min(pacer.rows, total - done));
    // New rows may have used the rest meanwhile.
    if (freed <= 0) return null;
    done += freed;
    onProgress?.(done, total);
    const rest = pacer.after(freed, heldMs, await disk.othersWrote());
    await disk.checkpoint();
    if (rest > 0) await clock.sleep(rest);
  }
  return null;
}

async function refuseUnfit(ledger: LedgerReader, { file, full }: ReclaimPlan): Promise<void> {
  const refuse = (message: string, hint: string): never => {
    throw new FirnError('refused', message, {
      operation: 'rebuild the database file',
      path: file.path,
      hint,
    });
  };
  if ((await ledger.receipts({ state: ['sealing', 'draining'] })).length > 0) {
    refuse('an archive run has not deleted all rows of a segment yet', 'Run `firn archive all` first.');
  }
  const leased = await ledger.leasedByRowid();
  if (leased.length > 0) {
    refuse(
      `restored rows of ${leased.join(', ')} have a lease and no key. A rebuild would change their rowids, which identify them`,
      'Wait until the leases end (firn archive all ends them), then run again.',
    );
  }
  if (!full.enough) {
    const [database, temporary] = [full.needsDatabase, full.needsTemporary].map(megabytes);
    refuse(
      `not enough free disk space: ${database} next to the database and ${temporary} for temporary files are needed`,
      'Free disk space, or do nothing: new rows use the free pages.',
    );
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
