/** Who holds a run lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** What it is doing, for people: `archive all`. */
  readonly command: string;
  /** UTC ISO 8601. */
  readonly since: string;
}

/** The right to change one database and its archive. It ends with its process, however that ends, or when disposed of. */
export interface RunLock extends AsyncDisposable {
  readonly holder: LockHolder;
}
