import type { TableAccount } from './conservation.ts';
import type { Reconciled } from './reconcile-plan.ts';

/** Something that is not as it must be. */
export interface Alarm {
  /** The file, as in the archive; for a row in two places the later of its two segments. */
  readonly path: string;
  readonly table: string | null;
  readonly what: string;
  /** What can be done about it. */
  readonly remedy: string;
}

export interface VerifyReport {
  readonly command: 'verify';
  readonly mode: 'quick' | 'deep' | 'sample';
  readonly asOf: string;
  readonly checked: {
    readonly segments: number;
    readonly bundles: number;
    readonly rows: number;
    /** Sealed bytes read and proved; 0 for a quick check. */
    readonly bytes: number;
  };
  readonly alarms: readonly Alarm[];
  /** What the next run puts right (quick), or what was put right first (deep, sample). */
  readonly unfinished: readonly Reconciled[];
  /** Worth knowing, and no alarm: foreign files, gaps in the part numbers, two versions of one key. */
  readonly notes: readonly string[];
  readonly accounts: readonly TableAccount[];
}

export const REMEDY = {
  missing:
    'Put the file back from a backup of the archive. If it is lost for good, its rows are lost: restore a backup of the database that still has them.',
  damaged:
    'Put the file back from a backup of the archive; `firn verify --deep` then proves it. Blocks that are still whole can be read with zcat.',
  later: 'Run a newer version of Firn, which can read it. Until then leave the file where it is.',
  doubled:
    'Look at both with `firn search`. Unless somebody put the row back by other means than `firn restore`, report it: Firn must never let this happen.',
  account: 'Run `firn verify --deep`, and `firn rebuild` when the files are all whole and the ledger is not.',
} as const;

/** What can be done about a file that is not as it must be, by what was said of it. */
export function remedyFor(what: string): string {
  if (what.includes('missing')) return REMEDY.missing;
  return what.includes('knows formats') ? REMEDY.later : REMEDY.damaged;
}
