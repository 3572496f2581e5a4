/** How far a run is. */
export interface Progress {
  /** What is being worked on: a table and its day, or files. */
  readonly doing: string;
  /** What `done` and `total` count. */
  readonly unit: 'rows' | 'files';
  readonly done: number;
  /** Null where it is not known. */
  readonly total: number | null;
  /** Bytes of text of the rows, or of the files, that are done. */
  readonly bytes: number;
}

/** Told after each step of a run. It must not throw. */
export type OnProgress = (progress: Progress) => void;
