import { addHold, type NewHold, removeHold } from '../../../lifecycle/archived/place-hold.ts';
import { requirePair } from '../../../lifecycle/begin/begin-run.ts';
import type { Hold } from '../../../model/filter.ts';
import { instantOfMs } from '../../../model/instant.ts';
import type { Stores } from '../../../operate/stores.ts';

/** The holds of a database. */
export async function listHolds(stores: Stores): Promise<readonly Hold[]> {
  await using opened = await stores.openReading();
  return await opened.reader.ledger.holds();
}

/** Keeps matching rows where they are. Takes the run lock. */
export async function placeHold(stores: Stores, hold: NewHold): Promise<Hold> {
  await using opened = await stores.openWriting('hold add');
  const { store, archive, clock } = opened;
  await requirePair(opened, instantOfMs(clock.now()));
  return await addHold({ store, archive, clock }, hold);
}

/** Releases a hold. Takes the run lock. Throws `not_found` when there is none of that number. */
export async function releaseHold(stores: Stores, id: number): Promise<void> {
  await using opened = await stores.openWriting('hold remove');
  await removeHold(opened.store.ledger, id);
}
