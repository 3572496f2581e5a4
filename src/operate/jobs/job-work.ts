import type { Copier } from '../../copying/copier.ts';
import type { HotCapabilities } from '../../hot/hot-capabilities.ts';
import type { HotDisk } from '../../hot/hot-stats.ts';
import type { JobName, RunLog, RunRecord } from '../../hot/run-log.ts';
import type { ArchiveReport } from '../../lifecycle/archive/archive-report.ts';
import type { Progress } from '../../lifecycle/archive/run-context.ts';
import type { RunStores } from '../../lifecycle/begin/begin-run.ts';
import type { CleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { Config, Schedule } from '../../model/policy/config.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { RunFacts, RunPurpose } from './recorded-run.ts';
import type { Stopper } from './stopper.ts';

/** What a job works with; the run lock is held by whoever opened it. */
export interface JobStores extends RunStores {
  readonly policies: PolicySet;
  startCopier(): Promise<Copier>;
  readonly capabilities: Pick<HotCapabilities, 'reclaim'>;
  /** For giving free pages back, where the database can. */
  openDisk(): Promise<HotDisk>;
}

/** What the configuration says of jobs. */
export type JobSettings = Pick<
  Config,
  'weeklyTables' | 'pace' | 'maxRuntimeMs' | 'quietHours' | 'reclaim' | 'databaseLimit'
> & { readonly schedule: Pick<Schedule, 'timeZone'> };

export interface JobOptions {
  readonly purpose: RunPurpose;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the configuration's. */
  readonly maxRuntimeMs?: Milliseconds | null;
  /** Whether it ends when the quiet hours begin: for work nobody asked for just now. */
  readonly keepQuiet?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** What one job did (would do, for a dry run). Daily and weekly jobs archive, the monthly one cleans up. */
export type JobReport = {
  readonly job: JobName;
  readonly dryRun: boolean;
  /** The one `now` of the job, UTC ISO 8601. */
  readonly asOf: string;
  /** As the history has it; null for a dry run. */
  readonly record: RunRecord | null;
} & (
  | { readonly archive: ArchiveReport; readonly cleanup: null }
  | { readonly archive: null; readonly cleanup: CleanupReport }
);

/** One job at work: what it has, and what may end it. */
export interface JobWork {
  readonly stores: JobStores;
  readonly log: RunLog;
  readonly settings: JobSettings;
  readonly job: JobName;
  readonly stopper: Stopper;
  readonly options: JobOptions;
}

/** What a job came to, and what the history keeps of it. */
export interface JobDone {
  readonly report: JobReport;
  readonly facts: RunFacts;
}
