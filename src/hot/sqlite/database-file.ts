import { realpathSync, statSync } from 'node:fs';
import type { DatabaseFile } from '../stats.ts';
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
