import type { HotBackend } from './hot-backend.ts';

/** An SQLite database file. Its parts are loaded when they are opened, so that a small command starts quickly. */
export function sqliteBackend(path: string): HotBackend {
  const open = () => import('../hot/sqlite/open-sqlite.ts');
  const runLog = () => import('../hot/sqlite/ledger/sqlite-run-log.ts');
  const runLock = () => import('../hot/sqlite/connection/run-lock.ts');
  return {
    capabilities: { reclaim: true, localPath: path, erasesInPlace: true },
    reader: async () => (await open()).openSqliteReader(path),
    store: async (options) => (await open()).openSqliteStore(path, options),
    lookup: async () => (await import('../hot/sqlite/lookup/open-lookup.ts')).openSqliteLookup(path),
    stats: async () => (await import('../hot/sqlite/stats/sqlite-stats.ts')).openSqliteStats(path),
    checkup: async () => (await import('../hot/sqlite/checkup/sqlite-checkup.ts')).openSqliteCheckup(path),
    disk: async (monotonic) =>
      (await import('../hot/sqlite/stats/sqlite-disk.ts')).openSqliteDisk(path, monotonic),
    runLogReader: async () => (await runLog()).openSqliteRunLogReader(path),
    runLog: async () => (await runLog()).openSqliteRunLog(path),
    alarmLog: async () => (await import('../hot/sqlite/ledger/alarm-records.ts')).openSqliteAlarmLog(path),
    lock: async (name, who) => (await runLock()).acquireRunLock(path, who, name),
    holder: async (name) => (await runLock()).lockHolder(path, name),
    sampler: async (rows) => {
      const [{ readSqliteSamples, sampleSqliteRowBytes }, { readSqliteFacts, readSqliteLinks }] =
        await Promise.all([
          import('../hot/sqlite/stats/samples.ts'),
          import('../hot/sqlite/stats/table-facts.ts'),
        ]);
      return {
        values: (table) => readSqliteSamples(path, table, rows),
        facts: (table) => readSqliteFacts(path, table),
        links: (question) => readSqliteLinks(path, question, rows),
        rowBytes: (table) => sampleSqliteRowBytes(path, table, rows),
      };
    },
    restoreFile: async (target) =>
      (await import('../hot/sqlite/restore/restore-file.ts')).openRestoreFile(target, path),
    newRestoreFile: async (temporary, name) =>
      (await import('../hot/sqlite/restore/restore-file.ts')).openNewRestoreFile(temporary, name),
    shapeInFile: async (file, table) =>
      (await import('../hot/sqlite/restore/restore-look.ts')).lookIntoFile(file, table),
  };
}
