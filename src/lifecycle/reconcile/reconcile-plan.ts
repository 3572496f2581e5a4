import type { KeptFile } from '../../archive/archive-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { AlarmKind } from '../../hot/recorded-alarm.ts';
import type { Recalled } from './recall.ts';
import type { Bundled } from './reconcile-inventory.ts';

/** What is to be done about a file or a receipt, and why; or what is wrong with it. */
export type ReconcileStep = StepSubject &
  (
    | { readonly action: Exclude<StepAction, 'alarm'> }
    | { readonly action: 'alarm'; readonly kind: AlarmKind }
  );

/**
 * remember: names that the journal knows as given up, and the ledger does not. forget: a receipt whose file never came to be. resume: go
 * on draining. adopt: a sealed file that the ledger does not know; its receipt is made from its footer. rename: a sealed file whose name
 * stands for another segment; its rows are adopted under a new name. recover: the same for a file in quarantine that holds rows which the
 * ledger misses. discard: bytes accounted for elsewhere. quarantine: bytes nobody accounts for. settle: the receipt learns the tier its
 * bytes are in. supersede: the ledger is older than a rewrite; the receipt of the rewritten segment gives way to that of its adopted
 * successor. trim: a bundle is written anew without segments that nothing is to be read from any more. alarm: bytes that a receipt promises
 * are not there, or rows that nothing else accounts for. acknowledged (never planned): an alarm that somebody acknowledged. blocked (never
 * planned): the database refused to let the segment's rows go, or a location that is away is needed. foreign: not a file of Firn; ignored.
 */
export type StepAction =
  | 'remember'
  | 'forget'
  | 'resume'
  | 'adopt'
  | 'rename'
  | 'recover'
  | 'discard'
  | 'quarantine'
  | 'settle'
  | 'supersede'
  | 'trim'
  | 'alarm'
  | 'acknowledged'
  | 'blocked'
  | 'foreign';

/** What a step is about. */
export interface StepSubject {
  /**
   * A segment; for remember, quarantine, recover, trim, foreign and what cannot be read at all the path of the file; for rename the path of
   * the file, or `<bundle>:<segment>`.
   */
  readonly subject: string;
  readonly reason: string;
}

/** A step with what is needed to take it. */
export type PlannedStep = ReconcileStep & { readonly recalled?: Recalled };

/** One step that was completed, or (alarm, acknowledged, blocked, foreign) a finding that was not changed. */
export type Reconciled = ReconcileStep & {
  /** Rows that left the hot store by it. */
  readonly records: number;
  /** Of an alarm that an earlier run raised and nothing resolved: when it was first seen, UTC ISO 8601. */
  readonly since?: string;
};

/** A planned step of which nothing has been done. */
export function untaken({ recalled: _, ...step }: PlannedStep): Reconciled {
  return { ...step, records: 0 };
}

const LEFT_AS_IT_IS: ReadonlySet<ReconcileStep['action']> = new Set([
  'alarm',
  'acknowledged',
  'blocked',
  'foreign',
]);

/** Whether the step puts something right. */
export function isRepair<S extends ReconcileStep>(step: S): step is Exclude<S, { readonly action: 'alarm' }> {
  return !LEFT_AS_IT_IS.has(step.action);
}

/** Whether a bundle's member is the segment that a receipt describes. */
export function isMember(bundled: Bundled | undefined, { digest, bytes }: Receipt): boolean {
  return bundled?.digest === digest && bundled.bytes === bytes;
}

export function step(action: Exclude<StepAction, 'alarm'>, subject: string, reason: string): ReconcileStep {
  return { action, subject, reason };
}

export function alarm(kind: AlarmKind, subject: string, reason: string): ReconcileStep {
  return { action: 'alarm', kind, subject, reason };
}

/** The subject is the path, and no segment: of a segment that was purged or replaced nothing is expected any more, but of its bytes. */
export function keptAlarm({ path, why }: KeptFile): Reconciled {
  return { action: 'alarm', kind: 'kept', subject: path, reason: why, records: 0 };
}
