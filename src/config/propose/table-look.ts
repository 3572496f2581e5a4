import type { Instant } from '../../model/instant.ts';
import type { Column } from '../../model/shape.ts';

export type SampleValue = null | bigint | number | string | Uint8Array;

/** A foreign key as a table declares it. */
export interface DeclaredKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** Empty: the parent's primary key. */
  readonly parentColumns: readonly string[];
  /** Deleting the parent's row deletes the row. */
  readonly cascades: boolean;
}

/** What is known of a table when a configuration is proposed. */
export interface TableLook {
  readonly table: string;
  readonly columns: readonly Column[];
  /** Values of every column in some rows, in the order of insertion: the same rows for each column. */
  readonly samples: ReadonlyMap<string, readonly SampleValue[]>;
  /** When it was looked at: later times are no times of rows. */
  readonly now: Instant;
  /** Why its rows could not be read; null when they were. */
  readonly problem: string | null;
  /** Why its rows would not be deleted: what its triggers write, or what is missing; null or missing when nothing. */
  readonly effects?: string | null;
  /** Columns that an index begins with. */
  readonly indexed?: readonly string[];
  readonly foreignKeys?: readonly DeclaredKey[];
  /** About how many rows it has, at least; null or missing: unknown. */
  readonly rows?: number | null;
}

/** A column of a child that holds keys of a parent, and the time columns of both where they have one. */
export interface LinkQuestion {
  readonly child: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  /** A column of the child, or of another parent of its rows. */
  readonly childTime: string | ParentTime | null;
  readonly parentTime: string | null;
}

/** The time of the row that a column of the child refers to. */
export interface ParentTime {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly time: string;
}

/** One of the newest rows of a child. */
export interface SampledLink {
  /** The column holds a key: it is not NULL, not 0 and not empty. */
  readonly refers: boolean;
  /** The parent has a row with this key. */
  readonly found: boolean;
  readonly childTime: SampleValue;
  readonly parentTime: SampleValue;
}

/** Reads samples of a database. Throws FirnError `database` when a table cannot be read. */
export interface Sampler {
  /** The values of a table's columns in a few of its rows, by column. */
  values(table: string): ReadonlyMap<string, readonly SampleValue[]>;
  facts(table: string): {
    readonly indexed: readonly string[];
    readonly foreignKeys: readonly DeclaredKey[];
    readonly rows: number | null;
  };
  links(question: LinkQuestion): readonly SampledLink[];
  /** About how many bytes of values a row holds; 0 for an empty table. */
  rowBytes(table: string): number;
}

/** The values of one column of a table's sample. */
export function sampleOf({ samples }: Pick<TableLook, 'samples'>, name: string): readonly SampleValue[] {
  const exact = samples.get(name);
  if (exact !== undefined) return exact;
  for (const [column, values] of samples) if (column.toLowerCase() === name.toLowerCase()) return values;
  return [];
}
