import type { Reconciled } from '../../../lifecycle/reconcile/reconcile-plan.ts';
import type { TableAccount } from '../../../lifecycle/verify/conservation.ts';
import { type Alarm, isSound, type VerifyReport } from '../../../lifecycle/verify/verify-report.ts';
import {
  type AcknowledgedAlarm,
  acknowledgedJson,
  type OpenAlarmAnswer,
  openAlarmJson,
} from '../../../operate/status/status-json.ts';

/** What a verification found: the JSON of `firn verify`. */
export interface VerifyAnswer {
  readonly command: 'verify';
  readonly mode: 'quick' | 'deep' | 'sample' | 'files';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** True when nothing is wrong and nothing was left out. */
  readonly ok: boolean;
  /** What was verified. `bytes` is 0 in a quick check, which reads no rows. */
  readonly checked: {
    readonly segments: number;
    readonly bundles: number;
    readonly rows: number;
    readonly bytes: number;
  };
  /** What is wrong now, with its remedy. */
  readonly alarms: readonly Alarm[];
  /** What the next run completes (quick), or what was completed first (deep, sample). */
  readonly unfinished: readonly Reconciled[];
  readonly notes: readonly string[];
  /** By table: where every row is that ever left the database. */
  readonly accounts: readonly TableAccount[];
  /** False when it was stopped, and why; null when it was not. */
  readonly complete: boolean;
  readonly stopped: string | null;
  /** What was to be verified. */
  readonly chosen: { readonly segments: number; readonly bytes: number };
  /** Files that were verified recently and therefore skipped. */
  readonly skipped_segments: number;
  /** Without the database: missing files and duplicate rows are not noticed. */
  readonly archives_only: boolean;
  /** What was found earlier and is not resolved. */
  readonly earlier: readonly OpenAlarmAnswer[];
  readonly acknowledged: readonly AcknowledgedAlarm[];
}

/** The report in the shape of Firn's JSON. @internal */
export function verifyJson(report: VerifyReport): VerifyAnswer {
  const { command, mode, asOf, checked, chosen, alarms, unfinished, notes, accounts } = report;
  return {
    command,
    mode,
    as_of: asOf,
    ok: isSound(report) && report.complete,
    checked,
    alarms,
    unfinished,
    notes,
    accounts,
    complete: report.complete,
    stopped: report.stopped,
    chosen,
    skipped_segments: report.skipped,
    archives_only: report.archivesOnly,
    earlier: report.earlier.map(openAlarmJson),
    acknowledged: report.acknowledged.map(acknowledgedJson),
  };
}
