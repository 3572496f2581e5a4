import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LINEAGE_FILE } from '../../archive/lineage.ts';

/** What stands for the content of a database and of the record of its archive, without opening them. */
export interface FileState {
  /** Changes with every write: files by inode, size and times. */
  readonly text: string;
  /** When the last of these files changed, milliseconds since the epoch. */
  readonly changedAt: number;
}

/** File systems keep times in steps, up to 2 s: a change within the step of the one before can leave them as they were. */
const STEP_MS = 2_000;

/** The present state of a database, its write-ahead log and journal, and of its archive; null when the database is not there. */
export function fileState(database: string, archive: string | null): FileState | null {
  if (!existsSync(database)) return null;
  // SQLite names its files by the file that a link leads to.
  const real = realpathSync(database);
  const main = lookAt(real);
  const beside = [`${real}-wal`, `${real}-journal`].map((path) => {
    const file = lookAt(path);
    // An empty one says nothing, and appears when somebody reads.
    return file === null || file.size === 0n ? null : file;
  });
  const record = archive === null ? null : lookAt(join(archive, LINEAGE_FILE));
  const files = [main, ...beside, record];
  return {
    text: files.map((file) => file?.text ?? '-').join(' '),
    changedAt: Math.max(...files.map((file) => file?.changedAt ?? 0)),
  };
}

/** Whether a state that was seen at `seenAt` shows every later change: its files had been left alone for a while. */
export function isSettled({ changedAt }: FileState, seenAt: number): boolean {
  return seenAt - changedAt > STEP_MS;
}

interface Looked {
  readonly text: string;
  readonly size: bigint;
  readonly changedAt: number;
}

function lookAt(path: string): Looked | null {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (status === undefined) return null;
  const { dev, ino, size, mtimeNs, ctimeNs } = status;
  const changedAt = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  return { text: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`, size, changedAt };
}
