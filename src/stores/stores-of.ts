import { TrafficCounter } from '../archive/traffic.ts';
import { requireReclaim } from '../hot/hot-capabilities.ts';
import type { Clock } from '../model/clock.ts';
import { localPath, type S3Location } from '../model/location.ts';
import { placesOf } from '../model/policy/archive-places.ts';
import type { Config } from '../model/policy/config.ts';
import type { Stores } from '../operate/stores.ts';
import { s3World } from './archives/s3-world.ts';
import { openArchive, openingOptions } from './open-archive.ts';
import { hotBackend } from './open-hot.ts';

/** The stores that a configuration names. Opens nothing yet. */
export function storesOf(config: Config, clock: Clock): Stores {
  const hot = hotBackend(config.database, clock);
  const sessions = () => import('./open-sessions.ts');
  // Of all that this command opens, and of the copying thread.
  const traffic = new TrafficCounter();
  const isRemote = placesOf(config.archives).some(({ location }) => localPath(location) === null);
  const since = (): string => new Date(clock.now()).toISOString();
  return {
    ...{ config, clock, capabilities: hot.capabilities },
    traffic: () => (isRemote ? traffic.total : null),
    openReading: async () => (await sessions()).openReading(config, clock, traffic),
    openWriting: async (command) => (await sessions()).openWriting(config, clock, command, traffic),
    openSearching: async (options) =>
      (await import('./open-search.ts')).openSearching(config, clock, options, traffic),
    openRowRun: async (session) => {
      const lookup = await hot.lookup();
      return { ...session, lookup, [Symbol.asyncDispose]: () => lookup[Symbol.asyncDispose]() };
    },
    openArchive: async () => openArchive(config.archives, { ...openingOptions(config, clock), traffic }),
    openBucketCheckups: async () => {
      if (s3Locations(config).length === 0) return [];
      const { openS3Checkup } = await import('../archive/s3/checkup/s3-checkup.ts');
      const world = await s3World(clock);
      return s3Locations(config).map((location) => openS3Checkup(location, config.s3, world));
    },
    openThawing: async () => {
      const { openS3Thawing } = await import('../archive/s3/thaw/s3-thawing.ts');
      return openS3Thawing(s3Locations(config), config.s3, await s3World(clock));
    },
    openStats: () => hot.stats(),
    openCheckup: () => hot.checkup(),
    openDisk: async () => {
      requireReclaim(hot.capabilities, config.database.text);
      return await hot.disk(() => clock.monotonic());
    },
    openRunLogReader: () => hot.runLogReader(),
    openRunLog: () => hot.runLog(),
    openAlarmLog: () => hot.alarmLog(),
    lockScheduler: (command) => hot.lock('scheduler', { command, since: since() }),
    holders: async () => ({ lock: await hot.holder('lock'), scheduler: await hot.holder('scheduler') }),
    openRestoreFile: (path) => hot.restoreFile(path),
    openNewRestoreFile: (temporary, name) => hot.newRestoreFile(temporary, name),
    shapeInFile: (path, table) => hot.shapeInFile(path, table),
    hasTimeColumn: async (reader, table) =>
      (await import('./time-tables.ts')).hasTimeColumn(hot, reader, table, clock),
    sampleTimes: async (reader, table, source) =>
      (await import('./time-tables.ts')).sampleTimes(hot, reader, table, source, clock),
    newestTime: async (reader, table) =>
      (await import('./time-tables.ts')).newestTime(hot, reader, table, clock),
  };
}

function s3Locations({ archives }: Config): readonly S3Location[] {
  return placesOf(archives).flatMap(({ location }) => (location.scheme === 's3' ? [location] : []));
}
