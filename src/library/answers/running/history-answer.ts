import type { ReceiptState } from '../../../hot/ledger.ts';
import { type RunJson, runJson } from '../../../operate/alarms/run-json.ts';
import type { HistoryEntry, RunHistory } from '../../../operate/status/run-history.ts';

/** The recorded runs, newest first: the JSON of `firn history`. */
export interface HistoryAnswer {
  readonly command: 'history';
  /** UTC ISO 8601. */
  readonly as_of: string;
  readonly runs: readonly RunAnswer[];
}

/** One run of the history, with the archive files that it wrote. */
export interface RunAnswer extends RunJson {
  readonly running: boolean;
  readonly rows_per_second: number | null;
  readonly archived: {
    readonly files: number;
    readonly rows: number;
    readonly bytes: number;
    readonly raw_bytes: number;
  };
  /** Of a running job: archive files whose rows it deletes from the database just now. */
  readonly in_progress: readonly {
    readonly segment: string;
    readonly table: string;
    readonly day: string;
    readonly state: ReceiptState;
    readonly rows: number;
    readonly deleted: number;
    readonly bytes: number;
  }[];
}

/** The history in the shape of Firn's JSON. @internal */
export function historyJson({ asOf, runs }: RunHistory): HistoryAnswer {
  return { command: 'history', as_of: asOf, runs: runs.map(entryJson) };
}

function entryJson({ run, state, archived, underWay }: HistoryEntry): RunAnswer {
  const { files, rows, bytes, rawBytes } = archived;
  // When a run died is not known.
  const died = state === 'died' ? ({ outcome: 'died', ended_at: null, duration_ms: null } as const) : {};
  const ms = state === 'died' ? 0 : (run.end?.durationMs ?? 0);
  return {
    ...{ ...runJson(run), ...died },
    running: state === 'running',
    rows_per_second: ms === 0 ? null : Math.round(((run.end?.records ?? 0) / ms) * 1000),
    archived: { files, rows, bytes, raw_bytes: rawBytes },
    in_progress: underWay.map(({ segment, table, day, state: step, rows: all, position, bytes: size }) => ({
      ...{ segment, table, day, state: step, rows: all, deleted: position, bytes: size },
    })),
  };
}

/** A pause of the jobs. Times are UTC ISO 8601. */
export interface PauseAnswer {
  readonly since: string;
  /** Null for until `resume`. */
  readonly until: string | null;
  readonly reason: string | null;
}
