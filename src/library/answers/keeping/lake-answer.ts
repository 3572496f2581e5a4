import type { LakeTable } from '../../../lake/keep/look-at-lake.ts';
import type { LakeRebuilt, LakeStanding, LakeVerified } from '../../work/runs/lake-runs.ts';

/** A file of the lake that is not as the ledger says. Its archive files are whole, and are read instead. */
export interface LakeFileProblem {
  readonly path: string;
  readonly table: string;
  readonly message: string;
}

/** How much of a table's archived rows the lake has. */
export interface LakeTableAnswer {
  readonly table: string;
  /** Archived segments, and those of them whose rows are in the lake. */
  readonly segments: number;
  readonly segments_in_lake: number;
  readonly rows: number;
  readonly rows_in_lake: number;
  readonly files: number;
  /** Of the Parquet files. */
  readonly bytes: number;
}

/** The JSON of `firn lake status`. */
export interface LakeStatusAnswer {
  readonly command: 'lake status';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** Whether the configuration asks for a lake. */
  readonly lake: boolean;
  /** Whether every archived segment is in the lake, and every file is as the ledger says. */
  readonly in_step: boolean;
  readonly tables: readonly LakeTableAnswer[];
  readonly problems: readonly LakeFileProblem[];
  /** Files in the folder of the lake that the ledger does not know. */
  readonly unknown: readonly string[];
}

/** The JSON of `firn lake verify`. */
export interface LakeVerifyAnswer {
  readonly command: 'lake verify';
  /** UTC ISO 8601. */
  readonly as_of: string;
  readonly ok: boolean;
  /** Files that were read, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly LakeFileProblem[];
}

/** The JSON of `firn lake rebuild`. */
export interface LakeRebuildAnswer {
  readonly command: 'lake rebuild';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** Files that were written, their rows and bytes. */
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** Files that are still to be written. */
  readonly left: number;
  /** Files that could not be written. */
  readonly problems: readonly Omit<LakeFileProblem, 'table'>[];
  readonly notes: readonly string[];
}

/** Whether nothing is missing and nothing is wrong. @internal */
export function isInStep({ tables, problems }: LakeStanding): boolean {
  return problems.length === 0 && tables.every(({ segments, segmentsInLake }) => segments === segmentsInLake);
}

/** The look in the shape of Firn's JSON. @internal */
export function lakeStatusJson(standing: LakeStanding): LakeStatusAnswer {
  const { asOf, lake, tables, problems, unknown } = standing;
  return {
    ...{ command: 'lake status', as_of: asOf, lake, in_step: isInStep(standing) },
    tables: tables.map(tableJson),
    problems: problems.map(problemJson),
    unknown,
  };
}

/** The report in the shape of Firn's JSON. @internal */
export function lakeVerifyJson({ asOf, files, bytes, problems }: LakeVerified): LakeVerifyAnswer {
  const ok = problems.length === 0;
  return {
    ...{ command: 'lake verify', as_of: asOf, ok, files, bytes },
    problems: problems.map(problemJson),
  };
}

/** The report in the shape of Firn's JSON. @internal */
export function lakeRebuildJson({ asOf, problems, ...rest }: LakeRebuilt): LakeRebuildAnswer {
  const { files, rows, bytes, left, notes } = rest;
  return {
    ...{ command: 'lake rebuild', as_of: asOf, files, rows, bytes, left },
    problems: problems.map(({ path, why }) => ({ path, message: why })),
    notes,
  };
}

function tableJson({
  table,
  segments,
  segmentsInLake,
  rows,
  rowsInLake,
  files,
  bytes,
}: LakeTable): LakeTableAnswer {
  return {
    ...{ table, segments, segments_in_lake: segmentsInLake, rows, rows_in_lake: rowsInLake },
    ...{ files, bytes },
  };
}

function problemJson({ path, table, why }: LakeStanding['problems'][0]): LakeFileProblem {
  return { path, table, message: why };
}
