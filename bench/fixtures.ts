import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

/** Source databases are kept here, and nothing else stays. TMPDIR moves it to another disk. */
export const FOLDER: string = join(tmpdir(), 'firn-bench');
const MAKE_SOURCE = fileURLToPath(new URL('./children/make-source.ts', import.meta.url));
const DAY_MS = 86_400_000;
const HOT_DAYS = 7;

/** Days of data: with a hot time of seven days, 33 of 40 are due. */
export const DAYS = 40;

/** Days of data none of which is due, not even a day later. */
export const FRESH_DAYS = 5;

/** A database of tool uses (1.3 KB, ten indexes, WAL) that ends now, made once a day and size; callers work on copies. */
export function toolUses(rows: number, days: number = DAYS): string {
  return source('tool-uses', rows, days);
}

/** The same of all six managed tables, their parents and neighbours; `rows` are those of the six together. */
export function observability(rows: number, days: number = DAYS): string {
  return source('observability', rows, days);
}

/** Sessions with their messages; `rows` are those of both tables. */
export function sessions(rows: number, days: number = DAYS): string {
  return source('sessions', rows, days);
}

function source(kind: 'tool-uses' | 'observability' | 'sessions', rows: number, days: number): string {
  mkdirSync(FOLDER, { recursive: true });
  const today = `${Math.floor(Date.now() / DAY_MS)}.db`;
  const path = join(FOLDER, `${kind}-${rows}-${days}-${today}`);
  if (!existsSync(path)) {
    removeSources((name) => !name.includes(today));
    const unfinished = `${path}.unfinished-${process.pid}`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAKE_SOURCE, kind, unfinished, String(rows), String(days)],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`the source database was not made:\n${stderr}`);
    renameSync(unfinished, path);
  }
  return path;
}

/** Removes the kept databases that a name speaks against; without a filter all of them. */
export function removeSources(unwanted: (name: string) => boolean = () => true): void {
  for (const name of existsSync(FOLDER) ? readdirSync(FOLDER) : []) {
    if (name.includes('.db') && unwanted(name)) rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}

/** A fresh folder, gone when it is disposed of, holding a copy of a source. */
export interface Workspace extends Disposable {
  readonly folder: string;
  readonly database: string;
  /** Where its archive is to be; not there yet. */
  readonly archives: string;
}

export interface WorkspaceOptions {
  readonly journal?: 'wal' | 'delete';
  /** SQL to run on the copy first. */
  readonly prepare?: string;
}

let workspaces = 0;

/** The copy is on the disk when this returns: nobody's time pays for writing it back. */
export function workspace(
  source: string,
  { journal = 'wal', prepare = '' }: WorkspaceOptions = {},
): Workspace {
  if (workspaces === 0) sweep();
  const folder = join(FOLDER, `work-${process.pid}-${workspaces++}`);
  mkdirSync(folder);
  const database = join(folder, 'bench.db');
  copyFileSync(source, database);
  if (journal !== 'wal' || prepare !== '') {
    using db = new DatabaseSync(database, { enableForeignKeyConstraints: false });
    db.exec(`PRAGMA journal_mode = ${journal}; ${prepare}`);
  }
  flush(database);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    folder,
    database,
    archives: join(folder, 'archives'),
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** Removes what a bench left that was killed. */
function sweep(): void {
  for (const name of readdirSync(FOLDER)) {
    const pid = /^work-(\d+)-/.exec(name)?.[1] ?? /\.unfinished-(\d+)/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Text of the cutoff that leaves the last seven days hot, as tool uses compare. */
export function cutoffText(): string {
  return new Date(Date.now() - HOT_DAYS * DAY_MS).toISOString();
}
