import { fillLake, type LakeFilled } from '../../../lake/keep/fill-lake.ts';
import { fillPlace } from '../../../lake/keep/keep-lake.ts';
import { leaveFiles } from '../../../lake/keep/leave-files.ts';
import { type LakeLook, lookAtLake, verifyLake } from '../../../lake/keep/look-at-lake.ts';
import { beginRun } from '../../../lifecycle/begin/begin-run.ts';
import { FirnError } from '../../../model/errors.ts';
import { stopOn } from '../../../model/stop.ts';
import type { Stores } from '../../../operate/stores.ts';
import type { OnProgress } from './run-progress.ts';

/** How the lake stands, and whether the configuration asks for one. */
export interface LakeStanding extends LakeLook {
  readonly lake: boolean;
  /** UTC ISO 8601. */
  readonly asOf: string;
}

export async function lakeStanding(stores: Stores): Promise<LakeStanding> {
  await using opened = await stores.openReading();
  const look = await lookAtLake({ ledger: opened.reader.ledger, archive: opened.archive });
  return { lake: stores.config.lake, asOf: new Date(stores.clock.now()).toISOString(), ...look };
}

export type LakeVerified = Awaited<ReturnType<typeof verifyLake>> & { readonly asOf: string };

export async function verifyLakeFiles(
  stores: Stores,
  signal: AbortSignal | undefined,
  onProgress?: OnProgress,
): Promise<LakeVerified> {
  await using opened = await stores.openReading();
  const place = { ledger: opened.reader.ledger, archive: opened.archive };
  const verified = await verifyLake(place, stopOn(signal), (done, total, bytes) =>
    onProgress?.({ doing: 'lake', unit: 'files', done, total, bytes }),
  );
  return { asOf: new Date(stores.clock.now()).toISOString(), ...verified };
}

export interface LakeRebuilt extends LakeFilled {
  readonly asOf: string;
  /** What was put right before, in words. */
  readonly notes: readonly string[];
}

/** Removes all files of the lake, and makes them anew from the archive files. */
export async function rebuildLake(
  stores: Stores,
  signal: AbortSignal | undefined,
  onProgress?: OnProgress,
): Promise<LakeRebuilt> {
  if (!stores.config.lake) {
    // A missing database is what a newcomer has to know first.
    await using _ = await stores.openReading();
    throw new FirnError('config', 'the configuration asks for no lake', {
      operation: 'rebuild the lake',
      hint: 'Set lake: true in the configuration file.',
    });
  }
  await using opened = await stores.openWriting('lake rebuild');
  const { store, archive } = opened;
  const begun = await beginRun(opened, { stop: stopOn(signal) });
  const kept = await leaveFiles({ ledger: store.ledger, archive }, await store.ledger.lakeFiles());
  const onFile = (done: number, total: number): void =>
    onProgress?.({ doing: 'lake', unit: 'files', done, total, bytes: 0 });
  const filled = await fillLake(fillPlace(opened, begun.stop, onFile));
  const asOf = new Date(stores.clock.now()).toISOString();
  const notes = [...begun.notes, ...kept.map(({ path, why }) => `${path} cannot be removed: ${why}`)];
  return { asOf, notes, ...filled };
}
