import { requirePairable } from '../../../lifecycle/begin/pairing.ts';
import { planCleanupRun, runCleanup } from '../../../lifecycle/cleanup/cleanup.ts';
import type { CleanupPlan } from '../../../lifecycle/cleanup/cleanup-plan.ts';
import type { CleanupReport } from '../../../lifecycle/cleanup/cleanup-report.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { cleanupFacts } from '../../../operate/jobs/cleanup-facts.ts';
import { recordCommand } from '../../../operate/jobs/record-command.ts';
import type { Stores } from '../../../operate/stores.ts';

export interface CleanupWish {
  /** When warm files move to cold, in milliseconds, instead of the policies' times; never when anything is purged. */
  readonly olderThanMs: Milliseconds | null;
  readonly only: 'consolidate' | 'purge' | null;
  /** Pair this database with an archive of another database. */
  readonly adopt: boolean;
}

export interface CleanupWork extends CleanupWish {
  /** Asked before more than half of all archived rows are purged; null where nobody can be asked. */
  readonly consent: ((question: string) => Promise<boolean>) | null;
  /** Who wants it, for the history. */
  readonly reason: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a cleanup would move and purge. Changes nothing. */
export async function planCleanUp(stores: Stores, { adopt, ...wish }: CleanupWish): Promise<CleanupPlan> {
  await using opened = await stores.openReading();
  const { reader, archive, clock, policies } = opened;
  if (!adopt) await requirePairable(reader.ledger, archive);
  return await planCleanupRun(reader.ledger, archive, clock, policies, wish);
}

/** Moves warm files to cold and purges expired rows under the run lock, and writes it into the history. */
export async function cleanUp(stores: Stores, work: CleanupWork): Promise<CleanupReport> {
  const { olderThanMs, only, adopt, consent, signal, reason } = work;
  await using opened = await stores.openWriting('cleanup archives');
  const { result } = await recordCommand(stores, opened, {
    purpose: {
      command: 'cleanup archives',
      jobs: olderThanMs === null && only === null ? ['monthly'] : [],
      reason,
    },
    limits: { signal },
    run: ({ check: stop }) =>
      runCleanup(opened, opened.policies, {
        ...{ olderThanMs, only, adopt, stop },
        ...(consent === null ? {} : { consent }),
      }),
    facts: cleanupFacts,
  });
  return result;
}
