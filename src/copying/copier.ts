import type { BoundSurvey, BoundTables, DrainUnit, DueRule, Survey } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import type { Day } from '../model/instant.ts';
import type { Dangling } from '../model/policy/archive-plan.ts';
import type { Reference, TableShape } from '../model/shape.ts';

/** The rows of one table that a run copies: day by day, oldest first. */
export interface CopyTask {
  readonly shape: TableShape;
  readonly rule: DueRule;
  readonly days: readonly Day[];
  /** UTC ISO 8601, written into each line. */
  readonly archivedAt: string;
  /** Gives the part number of a segment that is begun, which nobody else gets: see `PartNumbers`. */
  readonly nextPart: (day: Day) => Promise<number>;
}

/** One segment, complete and durable in a temporary file, read back and found whole; it has no name yet. */
export interface ProvenCopy {
  /** State `sealing`; to be committed before `publish`. */
  readonly receipt: Receipt;
  readonly units: readonly DrainUnit[];
  publish(): Promise<void>;
  abandon(): Promise<void>;
}

/** Rows of tables that are bound together, copied so that whole units can be drained: see `HotReader.surveyBound`. */
export interface GroupTask {
  /** Parents before their children. */
  readonly members: readonly Pick<CopyTask, 'shape' | 'rule'>[];
  readonly days: readonly Day[];
  readonly archivedAt: string;
  readonly nextPart: (table: string, day: Day) => Promise<number>;
}

/** The segments of some units of one day. They are drained range by range. */
export interface ProvenGroup {
  readonly copies: readonly GroupCopy[];
}

/** `units` say of which range they are. */
export interface GroupCopy extends ProvenCopy {
  /** The unit of each row. */
  readonly unitOf: BigInt64Array<ArrayBuffer>;
}

/** Copies due rows into segments: in this thread, or ahead of the drain in a worker thread. */
export interface Copier extends AsyncDisposable {
  /** See `HotReader.survey`; must come before `copy` of the same table, on the same copier. */
  survey(shape: TableShape, rule: DueRule): Promise<Survey>;
  /** Each copy must be published or abandoned before the next is asked for. */
  copy(task: CopyTask): AsyncIterable<ProvenCopy>;
  /** See `HotReader.surveyBound`; must come before `copyGroups` of the same tables. */
  surveyBound(bound: BoundTables): Promise<readonly BoundSurvey[]>;
  /** See `HotReader.dangling`. */
  dangling(reference: Reference): Promise<Dangling>;
  /** All copies of a group must be published, or all abandoned, before the next is asked for. */
  copyGroups(task: GroupTask): AsyncIterable<ProvenGroup>;
}
