import type { BucketCheckup, BucketState } from '../../archive/bucket/bucket-checkup.ts';
import type { HotCheckup } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { instantOfMs } from '../../model/instant.ts';
import { localPath } from '../../model/location.ts';
import { archiveFolders, placesOf } from '../../model/policy/archive-places.ts';
import { spoolOf } from '../../model/policy/config.ts';
import type { TimeSource } from '../../model/time/time-format.ts';
import type { Stores } from '../stores.ts';
import { judgeBucket } from './bucket/check-bucket.ts';
import { judgeArchive, judgeFilesAlone, lookAtArchive } from './check-archive.ts';
import { isFailure, judgeConfiguration, leftOut, notChecked } from './check-configuration.ts';
import { judgeNextRun, lookAtNextRun } from './check-dangling.ts';
import { judgeDatabase } from './check-database.ts';
import { filesInSpool, judgeDisks, judgeSpool, lookAtDisks } from './check-disk.ts';
import { judgePermissions, lookAtPermissions } from './check-permissions.ts';
import { judgeEngine, judgeProgram, type Program } from './check-program.ts';
import { judgeReferences, lookAtReferences } from './check-references.ts';
import { judgeLock, judgeSchedule, lookAtSchedule } from './check-schedule.ts';
import { judgeTimes } from './check-times.ts';
import { judgeTriggers } from './check-triggers.ts';
import { judgeUnmanaged, lookAtUnmanaged } from './check-unmanaged.ts';
import { CHECKS, type Check, type Finding } from './findings/finding.ts';
import { lookAtManaged } from './managed-tables.ts';

export interface Examined {
  /** UTC ISO 8601. */
  readonly asOf: string;
  /** In the order of `CHECKS`; each check has at least one, `bucket` only where archives are on S3. */
  readonly findings: readonly Finding[];
}

export interface Surroundings {
  readonly program: Program;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Checks an installation. Changes nothing and creates no file. What cannot be looked at is a finding, and keeps nothing else from being looked at.
 * @param open rejects where there is no valid configuration.
 */
export async function examine(
  open: () => Promise<Stores>,
  { program, env }: Surroundings,
  now: number,
): Promise<Examined> {
  const report = new Report();
  await report.add('program', () => judgeProgram(program));
  let stores: Stores | null = null;
  await report.add('configuration', async () => {
    stores = await open();
    return [];
  });
  if (stores === null)
    report.leaveOut(
      CHECKS.slice(2).filter((check) => check !== 'bucket'),
      'configuration',
    );
  else await examineStores(report, stores, env, now);
  return { asOf: new Date(now).toISOString(), findings: report.findings };
}

async function examineStores(
  report: Report,
  stores: Stores,
  env: Surroundings['env'],
  now: number,
): Promise<void> {
  const { config } = stores;
  const database = localPath(config.database);
  const folders = archiveFolders(config.archives);
  const archive = await stores.openArchive();
  const isOnS3 = placesOf(config.archives).some(({ location }) => location.scheme === 's3');
  const spool = isOnS3 ? spoolOf(config) : null;
  const isThere = await examineBuckets(report, await stores.openBucketCheckups());
  await using opened = new AsyncDisposableStack();
  let hot: { readonly reader: HotReader; readonly checkup: HotCheckup } | null = null;
  await report.add('database', async () => {
    const { reader } = opened.use(await stores.openReading());
    hot = { reader, checkup: opened.use(await stores.openCheckup()) };
    const file = await opened.use(await stores.openStats()).file();
    return [...judgeDatabase(file), ...judgeEngine(await hot.checkup.engine(), file.journalMode)];
  });
  await report.add('permissions', () =>
    judgePermissions(lookAtPermissions(config.origins.file, database, folders)),
  );
  await report.add('disk', async () => [
    ...judgeDisks(await lookAtDisks(database, config.archives, isThere ? archive : null, spool)),
    ...(spool === null ? [] : judgeSpool(filesInSpool(spool), spool)),
  ]);
  const addArchive = async (judged: () => Promise<readonly Finding[]>): Promise<void> => {
    if (isThere) await report.add('archive', judged);
    else report.leaveOut(['archive'], 'bucket');
  };
  if (hot === null) {
    await report.add('configuration', () => judgeConfiguration(config, null));
    await addArchive(() => judgeFilesAlone(archive));
    report.leaveOut(['schedule', 'lock', 'times', 'references', 'triggers', 'unmanaged'], 'database');
    return;
  }
  const { reader, checkup } = hot as { readonly reader: HotReader; readonly checkup: HotCheckup };
  const { policies } = config;
  await report.add('configuration', async () => judgeConfiguration(config, await reader.tables()));
  await addArchive(async () => judgeArchive(await lookAtArchive(reader.ledger, archive)));
  const { jobs, lock } = await lookAtSchedule(stores, reader, env, now).then(
    (running) => ({ jobs: () => judgeSchedule(running, now), lock: () => judgeLock(running, now) }),
    (error: unknown) => ({ jobs: () => Promise.reject(error), lock: () => Promise.reject(error) }),
  );
  await report.add('schedule', jobs);
  await report.add('lock', lock);
  const sampleTimes = (table: string, source: TimeSource) => stores.sampleTimes(reader, table, source);
  const managed = await lookAtManaged(policies.policies.values(), reader, checkup, sampleTimes);
  await report.add('times', () => judgeTimes(managed.tables, managed.unreadable));
  await report.add('references', async () => {
    const references = await lookAtReferences(policies, reader, checkup);
    const next = await lookAtNextRun(policies, reader, checkup, references, now);
    return judgeReferences(references, judgeNextRun(next));
  });
  await report.add('triggers', () => judgeTriggers(managed.tables));
  const newestTime = (table: string) => stores.newestTime(reader, table);
  await report.add('unmanaged', async () =>
    judgeUnmanaged(await lookAtUnmanaged(policies, reader, checkup, newestTime), instantOfMs(now)),
  );
}

/** @returns whether each bucket answers. Where one does not, nobody waits for it again. */
async function examineBuckets(report: Report, checkups: readonly BucketCheckup[]): Promise<boolean> {
  let isThere = true;
  for (const { location, look } of checkups) {
    let state: BucketState | null = null;
    await report.add('bucket', async () => {
      state = await look();
      return judgeBucket(location, state);
    });
    isThere &&= state !== null;
  }
  return isThere;
}

/** Findings by check. A check that fails is a finding. */
class Report {
  readonly #findings: Finding[] = [];

  async add(check: Check, look: () => Promise<readonly Finding[]> | readonly Finding[]): Promise<void> {
    try {
      this.#findings.push(...(await look()));
    } catch (error) {
      if (!isFailure(error)) throw error;
      this.#findings.push(notChecked(check, error));
    }
  }

  leaveOut(checks: readonly Check[], because: Check): void {
    this.#findings.push(...checks.map((check) => leftOut(check, because)));
  }

  get findings(): readonly Finding[] {
    return CHECKS.flatMap((check) => this.#findings.filter((finding) => finding.check === check));
  }
}
