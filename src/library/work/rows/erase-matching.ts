import { resolveTables } from '../../../lookup/places/known-tables.ts';
import type { Query } from '../../../lookup/read/query.ts';
import { stopOn } from '../../../model/stop.ts';
import { type ErasePlan, planErase } from '../../../operate/jobs/erase-plan.ts';
import { type EraseReport, eraseRows } from '../../../operate/jobs/erase-rows.ts';
import type { Stores } from '../../../operate/stores.ts';

export interface ErasureWork {
  /** Also erase the rows that belong to these rows (units). */
  readonly withChildren: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What an erasure of matching rows would do; its `query` names the tables. Changes nothing. */
export async function planErasure(
  stores: Stores,
  target: string,
  query: Query,
  work: ErasureWork,
): Promise<ErasePlan> {
  await using places = await stores.openSearching();
  return await planErase(
    places,
    { ...query, tables: await resolveTables(places, [target]) },
    optionsOf(work),
  );
}

/** Erases the rows of a planned query from the database and the archives, under the run lock. A signal ends it between two transactions. */
export async function carryOutErasure(
  stores: Stores,
  { query }: ErasePlan,
  work: ErasureWork,
): Promise<EraseReport> {
  await using opened = await stores.openWriting('erase');
  await using run = await stores.openRowRun(opened);
  return await eraseRows(run, query, optionsOf(work));
}

function optionsOf({ withChildren, signal }: ErasureWork): Parameters<typeof eraseRows>[2] {
  return { withChildren, stop: stopOn(signal) };
}

/** Whether there is anything to erase. */
export function hasRows({ hot, segments }: ErasePlan): boolean {
  return hot.length > 0 || segments.length > 0;
}
