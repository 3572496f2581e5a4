import { dirname, join } from 'node:path';
import { JOB_NAMES } from '../../hot/run-log.ts';
import { localPath } from '../../model/location.ts';
import { archiveFolders, areApart } from '../../model/policy/archive-places.ts';
import type { Config } from '../../model/policy/config.ts';
import type { Installation } from '../../operate/install/installation.ts';
import { LAUNCHER } from '../frame/launcher.ts';
import type { Io } from '../terminal/io.ts';

/** A timer's start is put off by up to this, where the configuration says nothing: many timers start at two. */
const DEFAULT_JITTER_MS = 10 * 60_000;

export interface Place {
  readonly logFolder: string;
  /** As whom the system runs it; null for the calling user's own units. */
  readonly user: string | null;
}

/** What is to be installed for a configuration, all of it with absolute paths. */
export function installationOf(config: Config, io: Pick<Io, 'execPath'>, place: Place): Installation {
  const { database, archives, origins, schedule, s3 } = config;
  // Tiers that are apart come from the file, which no option can say.
  const archivePath = areApart(archives) ? [] : ['--archive-path', archives.text];
  const paths = ['--db-path', database.text, ...archivePath];
  const settings = origins.file === null ? paths : [...paths, '--config', origins.file];
  const firn = (...words: readonly string[]): string[] => [io.execPath, LAUNCHER, ...words, ...settings];
  const databasePath = localPath(database);
  const minutes = Math.ceil((schedule.jitterMs ?? DEFAULT_JITTER_MS) / 60_000);
  return {
    database: database.text,
    writes: [
      ...(databasePath === null ? [] : [dirname(databasePath)]),
      ...archiveFolders(archives),
      // The folder appears with the first file.
      ...(s3.spool === null ? [] : [dirname(s3.spool)]),
    ],
    ...(areApart(archives) ? { mayBeAway: [localPath(archives.cold)].filter((path) => path !== null) } : {}),
    programs: [io.execPath, LAUNCHER, ...(origins.file === null ? [] : [origins.file])],
    ...place,
    jobs: JOB_NAMES.flatMap((job) => {
      const cron = schedule[job];
      return cron === null
        ? []
        : [{ job, cron, command: firn('job', '--mode', job, '--scheduled', '--quiet') }];
    }),
    service: firn('run'),
    jitterMs: minutes * 60_000,
    timeZone: schedule.timeZone,
  };
}

/** Where logs go unless told: /var/log/firn for root, else the user's state folder. */
export function defaultLogFolder(io: Pick<Io, 'env'>, home: string, isRoot: boolean): string {
  if (isRoot) return '/var/log/firn';
  return join(io.env.XDG_STATE_HOME || join(home, '.local', 'state'), 'firn');
}
