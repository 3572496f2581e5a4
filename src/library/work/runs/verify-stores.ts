import { verifyArchive } from '../../../lifecycle/verify/verify-archive.ts';
import type { VerifyProgress } from '../../../lifecycle/verify/verify-bytes.ts';
import type { VerifyReport } from '../../../lifecycle/verify/verify-report.ts';
import { runVerify, type VerifyOptions } from '../../../lifecycle/verify/verify-run.ts';
import { FirnError } from '../../../model/errors.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { type Stop, stopAt } from '../../../model/stop.ts';
import { quickVerify } from '../../../operate/status/quick-verify.ts';
import type { Stores } from '../../../operate/stores.ts';
import type { OnProgress } from './run-progress.ts';

export interface VerifyWork {
  /** Names, sizes and footers; every byte; this share of all bytes, above 0 and at most 1; or every byte of these files. */
  readonly scope: 'quick' | VerifyOptions['scope'];
  /** Skip files that were verified within this time, in milliseconds; null skips none. */
  readonly notProvedForMs: Milliseconds | null;
  /** The database is not opened. */
  readonly archivesOnly: boolean;
  readonly maxRuntimeMs: Milliseconds | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Verifies the archive. Deep and by share it takes the run lock, and completes interrupted runs first. */
export async function verifyStores(stores: Stores, work: VerifyWork): Promise<VerifyReport> {
  const { signal, maxRuntimeMs, scope, onProgress } = work;
  const stop = stopAt(stores.clock, { signal, maxRuntimeMs });
  const tell = ({ segments, totalSegments, bytes }: VerifyProgress): void =>
    onProgress?.({ doing: 'segments', unit: 'files', done: segments, total: totalSegments, bytes });
  if (work.archivesOnly) {
    const archive = await stores.openArchive();
    return await verifyArchive(archive, stores.clock, { deep: scope === 'deep', stop, onProgress: tell });
  }
  try {
    return scope === 'quick'
      ? await quickVerify(stores, stop)
      : await readBack(stores, work, scope, stop, tell);
  } catch (error) {
    throw namingTheWayOut(error);
  }
}

async function readBack(
  stores: Stores,
  { notProvedForMs }: VerifyWork,
  scope: VerifyOptions['scope'],
  stop: Stop,
  onProgress: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  await using opened = await stores.openWriting('verify');
  return await runVerify(opened, {
    ...{ scope, stop, onProgress },
    ...(notProvedForMs === null ? {} : { notProvedForMs }),
  });
}

/** A lost or damaged database keeps nobody from verifying the files. */
function namingTheWayOut(error: unknown): unknown {
  if (!(error instanceof FirnError) || !['database', 'not_found', 'io'].includes(error.code)) return error;
  const wayOut = 'To verify the archive files without the database: firn verify --archives-only --deep';
  return new FirnError(error.code, error.message, {
    operation: error.operation,
    ...(error.path === undefined ? {} : { path: error.path }),
    hint: error.hint === undefined ? wayOut : `${error.hint} ${wayOut}`,
    cause: error,
  });
}
