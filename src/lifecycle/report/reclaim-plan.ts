import type { DatabaseFile, DiskRoom } from '../../hot/hot-stats.ts';

/** What a full rebuild of the file takes. */
export interface FullRebuild {
  /** Disk space it uses while it runs, in bytes, where the file is and where temporary files are. */
  readonly needsDatabase: number;
  readonly needsTemporary: number;
  readonly enough: boolean;
  /** About how long writers wait, in seconds: from a fast disk to a slow one. */
  readonly seconds: readonly [number, number];
}

/** What can be given back, and how, as plain JSON. */
export interface ReclaimPlan {
  readonly file: DatabaseFile;
  readonly freeBytes: number;
  /** The part of the file that is free, 0 to 1. */
  readonly share: number;
  /** nothing: there is nothing to give back, or only a full rebuild could and was not asked for. */
  readonly method: 'incremental' | 'full' | 'nothing';
  readonly reason: string;
  readonly full: FullRebuild;
}

/** Bytes of live data that a rebuild gets done in a second, on a fast disk and on a slow one. */
const FAST = 400e6;
const SLOW = 60e6;

/** Decides how free pages are given back. Pure. */
export function planReclaim(file: DatabaseFile, room: DiskRoom, askedForFull: boolean): ReclaimPlan {
  const freeBytes = file.freePages * file.pageBytes;
  const base = {
    file,
    freeBytes,
    share: file.pages === 0 ? 0 : file.freePages / file.pages,
    full: fullRebuild(file, room),
  };
  if (file.freePages === 0) return { ...base, method: 'nothing', reason: 'the file has no free pages' };
  if (askedForFull) return { ...base, method: 'full', reason: 'a full rebuild was requested' };
  switch (file.autoVacuum) {
    case 'incremental':
      return {
        ...base,
        method: 'incremental',
        reason: 'the database can shrink in short steps (auto_vacuum)',
      };
    case 'full':
      return {
        ...base,
        method: 'nothing',
        reason: 'the file shrinks automatically with every commit (auto_vacuum)',
      };
    case 'none':
      return {
        ...base,
        method: 'nothing',
        reason:
          'this database shrinks only with a full rebuild (--full). Until then, new rows use the free pages.',
      };
  }
}

/** True when people should hear of it: more than a fifth of the file is free. */
export function isWorthReclaiming({ freePages, pages }: DatabaseFile): boolean {
  return freePages * 5 > pages;
}

/** The new file is built among the temporary files, and written back through the log or over a journal of the old one. */
function fullRebuild(file: DatabaseFile, room: DiskRoom): FullRebuild {
  const live = (file.pages - file.freePages) * file.pageBytes;
  const needsDatabase = file.journalMode === 'wal' ? live : file.bytes;
  const enough = room.shared
    ? room.database >= needsDatabase + live
    : room.database >= needsDatabase && room.temporary >= live;
  return {
    ...{ needsDatabase, needsTemporary: live, enough },
    seconds: [Math.ceil(live / FAST), Math.ceil(live / SLOW)],
  };
}
