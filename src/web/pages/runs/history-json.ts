/** What the pages read of `firn history --json`. */
export interface HistoryJson {
  readonly runs: readonly RunJson[];
}

export interface RunJson {
  readonly id: number;
  readonly command: string;
  readonly jobs: readonly string[];
  readonly reason: string;
  readonly started_at: string;
  readonly duration_ms: number | null;
  /** Null while it runs. */
  readonly outcome: string | null;
  readonly records: number | null;
  readonly message: string | null;
  readonly running: boolean;
  readonly rows_per_second: number | null;
  readonly archived: { readonly files: number; readonly rows: number; readonly bytes: number };
  readonly in_progress: readonly {
    readonly segment: string;
    readonly state: string;
    readonly rows: number;
    readonly deleted: number;
  }[];
}
