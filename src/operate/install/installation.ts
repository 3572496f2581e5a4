import type { JobName } from '../../hot/run-log.ts';
import type { Milliseconds } from '../../model/instant.ts';

/** What is to be run when, and where it may write; all paths absolute. */
export interface Installation {
  readonly database: string;
  /** Folders it writes to besides the log folder: the database's and the archives'. */
  readonly writes: readonly string[];
  /** Those of them that may be missing when a job starts: on a disk that is not mounted, the job says so. */
  readonly mayBeAway?: readonly string[];
  /** What it is started from: the Node.js first, then the files it reads. */
  readonly programs: readonly string[];
  readonly logFolder: string;
  /** Cron expressions of five fields, and the words of the command lines. */
  readonly jobs: readonly {
    readonly job: JobName;
    readonly cron: string;
    readonly command: readonly string[];
  }[];
  /** The words that start `firn run`. */
  readonly service: readonly string[];
  readonly jitterMs: Milliseconds;
  /** Null is the machine's own. */
  readonly timeZone: string | null;
  /** Whose units these are: of the system, which then run as this user, or the calling user's own (null). */
  readonly user: string | null;
}
