import { existsSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { DatabaseFile, DiskRoom } from '../../hot-stats.ts';
import type { Connection } from './connection.ts';

const AUTO_VACUUM = ['none', 'full', 'incremental'] as const;

export function databaseFile({ db, path }: Connection): DatabaseFile {
  const pragma = (name: string): unknown => Object.values(db.prepare(`PRAGMA main.${name}`).get() ?? {})[0];
  const real = realpathSync(path);
  return {
    path,
    bytes: statSync(real).size,
    walBytes: statSync(`${real}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    pageBytes: Number(pragma('page_size')),
    pages: Number(pragma('page_count')),
    freePages: Number(pragma('freelist_count')),
    journalMode: String(pragma('journal_mode')),
    autoVacuum: AUTO_VACUUM[Number(pragma('auto_vacuum'))] ?? 'none',
  };
}

export function diskRoom({ path }: Connection): DiskRoom {
  const [database, temporary] = [dirname(realpathSync(path)), temporaryFolder()] as const;
  const free = (folder: string): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    database: free(database),
    temporary: free(temporary),
    shared: statSync(database).dev === statSync(temporary).dev,
  };
}

/** Where SQLite puts its temporary files, unless SQLITE_TMPDIR says otherwise: unlike Node.js it prefers /var/tmp to /tmp. */
function temporaryFolder(): string {
  return tmpdir() === '/tmp' && existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
}
