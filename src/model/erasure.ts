import type { Condition } from './filter.ts';
import { earliest, type Instant, instantOfMs } from './instant.ts';

/** Which rows of a table an erasure order concerns. All parts must hold. */
export interface ErasureFilter {
  readonly where: readonly Condition[];
  readonly since: Instant | null;
  readonly until: Instant | null;
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
export function inOlderDatabase({ where, since, until, erasedAt }: ErasureOrder): ErasureFilter {
  const last = instantOfMs(Date.parse(erasedAt));
  return { where, since, until: until === null ? last : earliest(until, last) };
}
