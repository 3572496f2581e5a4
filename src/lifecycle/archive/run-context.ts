import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { Copier } from '../../copying/copier.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import type { Stop } from '../../model/stop.ts';
import type { Pacer } from '../segments/pacer.ts';
import type { PartNumbers } from '../segments/part-numbers.ts';
import type { Bound } from './bound-tables.ts';
import type { DueContext } from './survey-tables.ts';

/** Told after each transaction, for people who watch. */
export interface Progress {
  readonly table: string;
  readonly day: string;
  /** Rows done and planned, of all tables of the run. */
  readonly rows: number;
  readonly totalRows: number;
  /** Text of the rows done, in bytes. */
  readonly rawBytes: number;
}

/** What a run works with. */
export interface ArchiveRun {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly copier: Copier;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly parts: PartNumbers;
  readonly due: DueContext;
  /** What binds tables of the run: see `surveyAndPlan`. */
  readonly bound: Bound;
  /** `HotStore.version` before the plan was made. */
  readonly since: number;
  /** Asked between two transactions and two segments: the reason to stop now, or null. */
  readonly stop: Stop;
  readonly onProgress: (progress: Progress) => void;
}

/** What has been done of all tables of the run. */
export interface Total {
  rows: number;
  readonly totalRows: number;
  rawBytes: number;
}
