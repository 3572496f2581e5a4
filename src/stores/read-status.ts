import type { Config } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import { gatherStatus, type OperatingStatus } from '../operate/status/operating-state.ts';
import { openReading } from './open.ts';
import { holdersOf, openRunLogReader } from './open-run-log.ts';
import { openStats } from './open-stats.ts';
import { timeTables } from './time-tables.ts';

/** How the operation of a database stands now. Touches nothing. Throws `not_found` when there is no database. */
export async function readStatus(config: Config, clock: Clock): Promise<OperatingStatus> {
  await using opened = await openReading(config, clock);
  await using log = await openRunLogReader(config);
  await using stats = await openStats(config);
  const { reader, archive } = opened;
  const holders = await holdersOf(config);
  const hasTime = timeTables(config, reader, clock);
  return await gatherStatus({ clock, settings: config, reader, stats, archive, log, hasTime, ...holders });
}
