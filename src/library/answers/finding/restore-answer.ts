import type { ThawReport } from '../../../archive/bucket/thawing.ts';
import type { ColumnDrift } from '../../../lookup/restore/drift.ts';
import type { RestoreEstimate } from '../../../lookup/restore/restore-estimate.ts';
import type { RestoredTable, RestoreReport } from '../../../lookup/restore/restore-rows.ts';
import { type FileProblem, fileProblem } from './timeline-answer.ts';

/** What was restored: the JSON of `firn restore`. */
export interface RestoreAnswer {
  readonly command: 'restore';
  readonly dry_run: false;
  /** The database file, or `hot`. */
  readonly into: string;
  /** Rows inserted and overwritten. */
  readonly total: number;
  readonly tables: readonly RestoredTableAnswer[];
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
  /** Tables that could not take their rows, and why. */
  readonly failed: readonly { readonly table: string; readonly message: string }[];
  /** Why it ended early; null when it did not. Run it again to continue. */
  readonly stopped: string | null;
  readonly warnings: readonly string[];
}

/** What became of the rows of one table. */
export interface RestoredTableAnswer {
  readonly table: string;
  readonly inserted: number;
  /** The same row was there already. */
  readonly same: number;
  /** A row with the same key and other values was there, and stayed. */
  readonly kept: number;
  readonly overwritten: number;
  readonly refused: number;
  /** Restored rows whose parent row is not in the database. */
  readonly without_parent: number;
  /** Why rows were refused, and how many. */
  readonly refusals: Readonly<Record<string, number>>;
  /** How the columns of the archive and of the table differ. */
  readonly drift: readonly ColumnDrift[];
  /** Columns whose values the table stores as another type, and how many rows. */
  readonly converted: Readonly<Record<string, number>>;
}

/** What a restore would do: the JSON of `firn restore --dry-run`. */
export interface RestorePlanAnswer {
  readonly command: 'restore';
  readonly dry_run: true;
  /** The database file, or `hot`. */
  readonly into: string;
  /** Rows; at most so many unless `exact`. */
  readonly total: number;
  readonly exact: boolean;
  /** Archive files to read, and bytes of their text. */
  readonly segments: number;
  readonly raw_bytes: number;
  readonly tables: readonly {
    readonly table: string;
    readonly segments: number;
    readonly rows: number;
    readonly drift: readonly ColumnDrift[];
  }[];
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
}

/** What was asked of S3 before anything could be restored: the JSON of `firn restore --thaw`. */
export interface RestoreThawAnswer {
  readonly command: 'restore';
  readonly dry_run: boolean;
  /** The database file, or `hot`. */
  readonly into: string;
  /** No row was restored. */
  readonly total: 0;
  readonly thaw: {
    /** For how many days the files can be read, from when they are thawed. */
    readonly days: number;
    readonly tier: 'bulk' | 'standard' | 'expedited';
    /** `needed`: nobody has asked for it. `asked`: now. `in_progress`: before. `readable`: it can be read. */
    readonly files: readonly {
      readonly path: string;
      readonly state: 'needed' | 'asked' | 'in_progress' | 'readable';
    }[];
  };
}

/** What was asked in the shape of Firn's JSON. @internal */
export function thawJson(
  { days, tier, files }: ThawReport,
  into: string,
  isDryRun: boolean,
): RestoreThawAnswer {
  return { command: 'restore', dry_run: isDryRun, into, total: 0, thaw: { days, tier, files } };
}

/** The report in the shape of Firn's JSON. @internal */
export function restoreJson(report: RestoreReport): RestoreAnswer {
  const { into, tables, problems, failed, notes, stopped } = report;
  return {
    command: 'restore',
    dry_run: false,
    into,
    total: tables.reduce((sum, { inserted, overwritten }) => sum + inserted + overwritten, 0),
    tables: tables.map(tableJson),
    problems: problems.map(fileProblem),
    failed: failed.map(({ table, why }) => ({ table, message: why })),
    stopped,
    warnings: notes,
  };
}

function tableJson(restored: RestoredTable): RestoredTableAnswer {
  const { table, inserted, same, kept, overwritten, refused, drift } = restored;
  return {
    ...{ table, inserted, same, kept, overwritten, refused, without_parent: restored.withoutParent },
    refusals: Object.fromEntries(restored.refusals),
    drift,
    converted: Object.fromEntries(restored.converted),
  };
}

/** The estimate in the shape of Firn's JSON. @internal */
export function estimateJson(found: RestoreEstimate, into: string): RestorePlanAnswer {
  const { tables, segments, rows, rawBytes, exact, problems } = found;
  return {
    ...{ command: 'restore', dry_run: true, into, total: rows, exact, segments, raw_bytes: rawBytes, tables },
    problems: problems.map(fileProblem),
  };
}
