import { requireReclaim } from '../hot/hot-capabilities.ts';
import type { Clock } from '../model/clock.ts';
import type { Config } from '../model/policy/config.ts';
import type { Stores } from '../operate/stores.ts';
import { openArchive } from './open-archive.ts';
import { hotBackend } from './open-hot.ts';

/** The stores that a configuration names. Opens nothing yet. */
export function storesOf(config: Config, clock: Clock): Stores {
  const hot = hotBackend(config.database, clock);
  const sessions = () => import('./open-sessions.ts');
  const since = (): string => new Date(clock.now()).toISOString();
  return {
    ...{ config, clock, capabilities: hot.capabilities },
    openReading: async () => (await sessions()).openReading(config, clock),
    openWriting: async (command) => (await sessions()).openWriting(config, clock, command),
    openSearching: async (options) =>
      (await import('./open-search.ts')).openSearching(config, clock, options),
    openRowRun: async (session) => {
      const lookup = await hot.lookup();
      return { ...session, lookup, [Symbol.asyncDispose]: () => lookup[Symbol.asyncDispose]() };
    },
    openArchive: async () => openArchive(config.archives, clock),
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
    shapeInFile: (path, table) => hot.shapeInFile(path, table),
    hasTimeColumn: async (reader, table) =>
      (await import('./time-tables.ts')).hasTimeColumn(hot, reader, table, clock),
    sampleTimes: async (reader, table, source) =>
      (await import('./time-tables.ts')).sampleTimes(hot, reader, table, source, clock),
    newestTime: async (reader, table) =>
      (await import('./time-tables.ts')).newestTime(hot, reader, table, clock),
  };
}
