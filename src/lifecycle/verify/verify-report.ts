import { WAY_OUT } from '../../archive/way-out.ts';
import type { AlarmFinding, AlarmKind, RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { OpenAlarm } from '../reconcile/alarm-findings.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import type { TableAccount } from './conservation.ts';

/** Something that is not as it must be. */
export interface Alarm extends Pick<AlarmFinding, 'kind' | 'subject' | 'table'> {
  /** The file, as in the archive; for a row in two places the later of its two segments. */
  readonly path: string;
  readonly what: string;
  /** What can be done about it. */
  readonly remedy: string;
}

export interface VerifyReport {
  readonly command: 'verify';
  /** files: those that were named. */
  readonly mode: 'quick' | 'deep' | 'sample' | 'files';
  readonly asOf: string;
  /** The ledger was not asked: missing files and rows in two places are not noticed. */
  readonly archivesOnly: boolean;
  /** Everything that the mode stands for was done; false when it was stopped. */
  readonly complete: boolean;
  /** Why it was stopped; null when it was not. */
  readonly stopped: string | null;
  /** What was to be verified. */
  readonly chosen: { readonly segments: number; readonly bytes: number };
  /** Segments that `notProvedForMs` left out of it: deep reads their keys only. */
  readonly skipped: number;
  /** What was verified, without what alarms are about. */
  readonly checked: {
    readonly segments: number;
    /** Bundles: read whole (deep), else those that the segments are in. */
    readonly bundles: number;
    readonly rows: number;
    /** Sealed bytes read and proved; 0 for a quick check. */
    readonly bytes: number;
  };
  /** Found now, without those that somebody acknowledged. */
  readonly alarms: readonly Alarm[];
  /** Found earlier, not looked for now or not reached, and not resolved. */
  readonly earlier: readonly OpenAlarm[];
  /** Alarms that somebody acknowledged with a reason. */
  readonly acknowledged: readonly RecordedAlarm[];
  /** What the next run puts right (quick), or what was put right first (deep, sample). */
  readonly unfinished: readonly Reconciled[];
  /** Worth knowing, and no alarm: foreign files, gaps in the part numbers, two versions of one key. */
  readonly notes: readonly string[];
  readonly accounts: readonly TableAccount[];
}

/** A report before it is compared with the recorded alarms. */
export type VerifyDraft = Omit<VerifyReport, 'earlier' | 'acknowledged'>;

export const REMEDY: Readonly<Record<AlarmKind | 'quarantined', string>> = {
  missing:
    'Restore the file from a backup of the archive. If there is no backup of the file, restore the rows from a backup of the database.',
  damaged:
    'Restore the file from a backup of the archive, then run firn verify --deep. You can read undamaged blocks with zcat or zstdcat.',
  later: 'Use a newer version of Firn, which can read it. Do not move the file.',
  kept: 'Wait until the lock ends, remove the legal hold, or give Firn the right to delete objects. Each run tries again (docs/s3.md).',
  away: 'Bring the location back. Until then Firn moves nothing to cold and out of it, and results are not complete.',
  doubled:
    'Compare both rows with firn search. If nobody inserted the row again by other means than firn restore, this is a bug in Firn. Please report it.',
  quarantined:
    'The note next to the file has the reason. If the file is intact, move it back to its former place: the next run adds it to the ledger, under another name if necessary. If you do not need its rows, delete it.',
  account: 'Run firn verify --deep. If all files are intact and the ledger is wrong, run firn rebuild.',
  foreign: `${WAY_OUT} To verify only the files, run firn verify --archives-only --deep.`,
  uncovered:
    'The next archive or cleanup run adds its rows to the ledger. Until then, search and other commands report that these rows are missing.',
  failure: 'Fix the problem in the message, then run the command again.',
};

/** True when nothing is wrong with what was verified, and nothing that was found earlier is unresolved. */
export function isSound({ alarms, earlier }: Pick<VerifyReport, 'alarms' | 'earlier'>): boolean {
  return alarms.length === 0 && earlier.length === 0;
}
