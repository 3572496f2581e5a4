import type { Config } from '../config/config.ts';
import type { HotDisk } from '../hot/hot-disk.ts';
import type { HotStats } from '../hot/hot-stats.ts';
import { openSqliteDisk } from '../hot/sqlite/stats/sqlite-disk.ts';
import { openSqliteStats } from '../hot/sqlite/stats/sqlite-stats.ts';
import type { Clock } from '../model/clock.ts';

/** Opens the database to be counted; nothing appears and nothing changes by it. Throws as `openReading` does. */
export async function openStats(config: Config): Promise<HotStats> {
  return await openSqliteStats(config.database);
}

/** Opens the database to give disk space back. The caller holds the run lock where it changes anything. */
export async function openDisk(config: Config, clock: Clock): Promise<HotDisk> {
  return await openSqliteDisk(config.database, () => clock.monotonic());
}
