import { lookAtTables } from '../../../src/config/propose/look.ts';
import type { TableLook } from '../../../src/config/propose/table-look.ts';
import type { Sampler } from '../../../src/hot/hot-checkup.ts';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { fileLocation } from '../../../src/model/location.ts';
import { hotBackend } from '../../../src/stores/open-hot.ts';
import { systemClock } from '../../../src/stores/system-clock.ts';
import { SAMPLED_ROWS } from '../../../src/stores/time-tables.ts';

/** A look at a database file as `firn init` takes it. */
export async function lookAt(
  path: string,
  nowMs: number,
): Promise<{ readonly looks: readonly TableLook[]; readonly sampler: Sampler }> {
  const sampler = await hotBackend(fileLocation(path), systemClock).sampler(SAMPLED_ROWS);
  await using reader = await openSqliteReader(path);
  return { looks: await lookAtTables(reader, sampler, instantOfMs(nowMs)), sampler };
}
