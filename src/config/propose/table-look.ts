import type { SampledValue, TableFacts } from '../../hot/hot-checkup.ts';
import type { Instant } from '../../model/instant.ts';
import type { Column } from '../../model/shape.ts';

/** What is known of a table when a configuration is proposed. */
export interface TableLook extends Partial<TableFacts> {
  readonly table: string;
  readonly columns: readonly Column[];
  /** Values of every column in some rows, in the order of insertion: the same rows for each column. */
  readonly samples: ReadonlyMap<string, readonly SampledValue[]>;
  /** When it was looked at: later times are no times of rows. */
  readonly now: Instant;
  /** Why its rows could not be read; null when they were. */
  readonly problem: string | null;
  /** Why its rows would not be deleted: what its triggers write, or what is missing; null or missing when nothing. */
  readonly effects?: string | null;
}

/** The values of one column of a table's sample. */
export function sampleOf({ samples }: Pick<TableLook, 'samples'>, name: string): readonly SampledValue[] {
  const exact = samples.get(name);
  if (exact !== undefined) return exact;
  for (const [column, values] of samples) if (column.toLowerCase() === name.toLowerCase()) return values;
  return [];
}

/** Whether a table has no rows, so that only names could be judged. */
export function isEmpty(look: TableLook): boolean {
  return look.columns.every(({ name }) => sampleOf(look, name).length === 0);
}
