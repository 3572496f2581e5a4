/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** What it is doing, for people: `archive all`. */
  readonly command: string;
  /** UTC ISO 8601. */
  readonly since: string;
  /** The database that it works on; missing where an earlier version wrote it. */
  readonly database?: string;
}

/** A right to change something. It ends with its process, however that ends, or when disposed of. */
export interface HeldLock extends AsyncDisposable {
  readonly holder: LockHolder;
}

/** `archive all (process 12 on host-a, since 2026-01-16T02:00:00Z)` */
export function describeHolder(holder: LockHolder | null): string {
  if (holder === null) return 'another run';
  const { command, pid, host, since } = holder;
  return `${command} (process ${pid} on ${host}, since ${since})`;
}
