import type { Stores } from '../stores.ts';
import { gatherStatus, type OperatingStatus } from './operating-state.ts';

/** How the operation of a database stands now. Changes nothing. Rejects with `not_found` when there is no database. */
export async function readStatus(stores: Stores): Promise<OperatingStatus> {
  await using opened = await stores.openReading();
  await using log = await stores.openRunLogReader();
  await using stats = await stores.openStats();
  const { reader, archive, clock } = opened;
  return await gatherStatus({
    ...{ clock, settings: stores.config, reader, stats, archive, log },
    hasTime: (table) => stores.hasTimeColumn(reader, table),
    ...(await stores.holders()),
  });
}
