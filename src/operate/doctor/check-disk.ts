import { readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { warmFiles } from '../../archive/listed-files.ts';
import { localPath } from '../../model/location.ts';
import { type ArchivePlaces, areApart, placesOf } from '../../model/policy/archive-places.ts';
import { sizes } from '../../model/sizes.ts';
import { formatBytes, plural } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** A disk, and what the next runs may need of it for a while. Bytes. */
export interface Disk {
  /** What is there: `database`, `archives` or, where the tiers are apart, `warm archives` and `cold archives`. */
  readonly holds: readonly string[];
  readonly path: string;
  readonly free: number;
  readonly needed: number;
}

/**
 * What runs need for a while: in the database the write-ahead log, in the archives a part and the one that is copied ahead, and the
 * next bundle of a month beside the files that go into it.
 * @param database a local path; null where it is elsewhere. @param archive null where it does not answer. @param spool the folder of files that
 * are not in the bucket yet; null without archives on S3.
 */
export async function lookAtDisks(
  database: string | null,
  archives: ArchivePlaces,
  archive: ArchiveStore | null,
  spool: string | null,
): Promise<readonly Disk[]> {
  const monthBytes = archive === null ? 0 : await largestMonth(archive);
  const forTier = { warm: 2 * sizes.partBytes, cold: monthBytes };
  const places = [
    ...(database === null ? [] : [{ what: 'database', path: database, needed: sizes.logBytes }]),
    ...placesOf(archives).flatMap(({ tiers, location }) => {
      const path = localPath(location);
      const what = areApart(archives) ? `${tiers.join()} archives` : 'archives';
      const needed = tiers.reduce((sum, tier) => sum + forTier[tier], 0);
      return path === null ? [] : [{ what, path, needed }];
    }),
    // A file is there until the bucket has it.
    ...(spool === null ? [] : [{ what: 'spool', path: spool, needed: forTier.warm + forTier.cold }]),
  ];
  const disks = new Map<number, Disk>();
  for (const { what, path, needed } of places) {
    const folder = existing(path);
    const { bavail, bsize } = statfsSync(folder);
    const { dev } = statSync(folder);
    const known = disks.get(dev);
    disks.set(dev, {
      holds: [...(known?.holds ?? []), what],
      ...{ path: known?.path ?? path, free: bavail * bsize, needed: needed + (known?.needed ?? 0) },
    });
  }
  return [...disks.values()];
}

/** Bytes of the warm files of the month that has most. */
async function largestMonth(archive: ArchiveStore): Promise<number> {
  const isAway = (await awayTiers(archive)).has('warm');
  const files = isAway ? [] : await warmFiles(archive);
  const months = new Map<string, number>();
  for (const { name, bytes } of files) {
    const month = name.day.slice(0, 'YYYY-MM'.length);
    months.set(month, (months.get(month) ?? 0) + bytes);
  }
  return Math.max(0, ...months.values());
}

/** Files that an earlier run could not send or remove. They are in folders of their archives. */
export function filesInSpool(spool: string): number {
  if (statSync(spool, { throwIfNoEntry: false }) === undefined) return 0;
  return readdirSync(spool, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

export function judgeSpool(files: number, spool: string): readonly Finding[] {
  if (files === 0) return [];
  const message = `${plural(files, 'file')} of a run in progress or of an interrupted one. The next changing run sends or removes them`;
  return [found('disk', 'note', message, { subject: spool })];
}

export function judgeDisks(disks: readonly Disk[]): readonly Finding[] {
  const full = disks
    .filter(({ free, needed }) => free < needed)
    .map(({ holds, path, free, needed }) => {
      const message = `${formatBytes(free)} free on the disk of ${holds.join(' and ')}. The next run may need ${formatBytes(needed)}`;
      const remedy =
        'Free disk space, or move the archives to another disk. Nothing is lost when a run finds the disk full.';
      return found('disk', 'warning', message, { subject: path, remedy });
    });
  const room = disks.map(({ free, holds }) => `${formatBytes(free)} free (${holds.join(' and ')})`);
  return orOk(full, 'disk', room.join(', '));
}

/** The folder itself, or the one above it that exists: the next run makes it there. */
function existing(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    if (statSync(at, { throwIfNoEntry: false }) !== undefined || at === dirname(at)) return at;
  }
}
