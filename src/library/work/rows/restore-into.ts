import { existsSync } from 'node:fs';
import type { RestoreTarget } from '../../../hot/restore-target.ts';
import { resolveTables } from '../../../lookup/places/known-tables.ts';
import type { Places } from '../../../lookup/places/places.ts';
import type { Kin } from '../../../lookup/read/kin.ts';
import type { Query } from '../../../lookup/read/query.ts';
import { estimateRestore, type RestoreEstimate } from '../../../lookup/restore/restore-estimate.ts';
import {
  type RestoreOptions,
  type RestoreReport,
  restoreRows,
} from '../../../lookup/restore/restore-rows.ts';
import { DAY_MS } from '../../../model/duration.ts';
import { instantOfMs, type Milliseconds } from '../../../model/instant.ts';
import { stopOn } from '../../../model/stop.ts';
import { restoreIntoHot } from '../../../operate/jobs/row-run.ts';
import type { Stores } from '../../../operate/stores.ts';
import type { OnProgress } from '../runs/run-progress.ts';
import { NewFile } from './new-file.ts';

/** Which rows to restore, and where. */
export interface RestoreWish {
  /** `all`, a group or a table. */
  readonly target: string;
  /** Conditions and times; its tables do not matter. */
  readonly query: Query;
  /** The absolute path of a database file; null for the live database. */
  readonly file: string | null;
  readonly kin: Kin;
  /** The live database is not opened; not with `file` null. */
  readonly archivesOnly: boolean;
}

export interface RestoreWork extends RestoreWish {
  /** How long the rows stay in the live database, in milliseconds. */
  readonly leaseMs: Milliseconds;
  readonly overwrite: boolean;
  readonly dropColumns: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The use of a file that is restored into, for messages. */
export const INTO_FILE = { operation: 'open the database to restore into', inPlace: true } as const;

export const DEFAULT_LEASE_MS: Milliseconds = 14 * DAY_MS;

/** What a restore would do, from footers and filters alone. Changes nothing. */
export async function estimateInto(stores: Stores, wish: RestoreWish): Promise<RestoreEstimate> {
  const { file, archivesOnly, kin } = wish;
  await using places = await stores.openSearching({ archivesOnly });
  const present = async (table: string) =>
    file === null ? ((await places.hot?.reader.shape(table)) ?? null) : await stores.shapeInFile(file, table);
  return await estimateRestore(places, await overTables(places, wish), present, kin);
}

/** Copies archived rows into a database file, or under the run lock and with a lease into the live database. */
export async function restoreInto(stores: Stores, work: RestoreWork): Promise<RestoreReport> {
  if (work.file !== null) {
    await using places = await stores.openSearching({ archivesOnly: work.archivesOnly });
    const query = await overTables(places, work);
    const restore = async (target: RestoreTarget): Promise<RestoreReport> => {
      await using open = target;
      return await restoreRows(places, query, open, optionsOf(work));
    };
    if (existsSync(work.file)) return await restore(await stores.openRestoreFile(work.file));
    const file = await NewFile.create(work.file, INTO_FILE.operation);
    const { temporary } = file;
    return await file.write(async () => restore(await stores.openNewRestoreFile(temporary, work.file!)));
  }
  const query = await lookFirst(stores, work);
  await using opened = await stores.openWriting('restore');
  await using run = await stores.openRowRun(opened);
  const leaseUntil = instantOfMs(stores.clock.now() + work.leaseMs);
  return await restoreIntoHot(run, query, { ...optionsOf(work), leaseUntil });
}

/** An archive that is not this database's is an alarm, before anything is changed. */
async function lookFirst(stores: Stores, work: RestoreWork): Promise<Query> {
  await using places = await stores.openSearching();
  return await overTables(places, work);
}

async function overTables(places: Places, { target, query }: RestoreWish): Promise<Query> {
  return { ...query, tables: await resolveTables(places, [target]) };
}

function optionsOf({ overwrite, dropColumns, kin, signal, onProgress }: RestoreWork): RestoreOptions {
  let [table, before, done, doneBytes] = ['', 0, 0, 0];
  return {
    ...{ overwrite, dropColumns, kin, stop: stopOn(signal) },
    // Each segment counts its own rows.
    onProgress: ({ table: now, rows, bytes }) => {
      const fresh = now !== table || rows < before ? rows : rows - before;
      [table, before, done, doneBytes] = [now, rows, done + fresh, doneBytes + (fresh === rows ? bytes : 0)];
      onProgress?.({ doing: now, unit: 'rows', done, total: null, bytes: doneBytes });
    },
  };
}
