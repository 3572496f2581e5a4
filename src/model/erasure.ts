import type { Among, Condition } from './filter.ts';
import { earliest, type Instant, instantOfMs } from './instant.ts';

/** Which rows of a table an erasure order concerns. All parts must hold. */
export interface ErasureFilter {
  readonly where: readonly Condition[];
  readonly since: Instant | null;
  readonly until: Instant | null;
  /** Of rows that are erased because of the rows that they belong to. Missing: any value. */
  readonly among?: Among;
  /** Rows that satisfy all conditions of one of these lists are left out. */
  readonly except?: readonly (readonly Condition[])[];
}

/** An order to erase rows of a table, kept so that no copy that turns up later brings them back. */
export interface ErasureOrder extends ErasureFilter {
  readonly table: string;
  /** UTC ISO 8601. Rows archived later are not concerned. */
  readonly erasedAt: string;
}

/**
 * The rows of a database that is older than the order: those whose own time is not after it. Nobody can tell whether a row without a
 * time was there when the order was carried out.
 */
export function inOlderDatabase(order: ErasureOrder): ErasureFilter {
  const { until, erasedAt } = order;
  const last = instantOfMs(Date.parse(erasedAt));
  return { ...filterOf(order), until: until === null ? last : earliest(until, last) };
}

/** What an order says of rows, without its table and time. */
export function filterOf({ where, since, until, among }: ErasureFilter): ErasureFilter {
  return { where, since, until, ...(among === undefined ? {} : { among }) };
}

/** A list of values as JSON has it. */
export interface AmongJson {
  readonly column: string;
  readonly values: readonly string[];
}

export function amongJson({ column, values }: Among): AmongJson {
  return { column, values: [...values].sort() };
}
