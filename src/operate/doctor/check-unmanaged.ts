import type { HotCheckup, TableSize } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { DAY_MS } from '../../model/duration.ts';
import { FirnError } from '../../model/errors.ts';
import { formatInstant, type Instant, laterBy } from '../../model/instant.ts';
import { getPolicy, isExempt } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { formatBytes, plural } from '../amounts.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** A table that no policy names and that has a time. */
export interface UnmanagedTable {
  readonly table: string;
  readonly size: TableSize;
  readonly column: string;
  /** The newest time in a sample that has the rows inserted last. */
  readonly newest: Instant;
}

/** The time column that `firn init` would propose for a table, and its newest time; null where there is none. */
export type FindTime = (
  table: string,
) => Promise<{ readonly column: string; readonly newest: Instant } | null>;

export async function lookAtUnmanaged(
  policies: PolicySet,
  reader: Pick<HotReader, 'tables' | 'shape'>,
  checkup: HotCheckup,
  findTime: FindTime,
): Promise<readonly UnmanagedTable[]> {
  const tables: UnmanagedTable[] = [];
  for (const table of await reader.tables()) {
    if (getPolicy(policies, table) !== null || isExempt(policies, table)) continue;
    try {
      const shape = await reader.shape(table);
      const size = shape === null ? null : await checkup.size(shape);
      // Most tables are small: their values are not looked at.
      const time = size === null || !isLarge(size) ? null : await findTime(table);
      if (size !== null && time !== null) tables.push({ table, size, ...time });
    } catch (error) {
      // What cannot be read cannot be archived either, and nobody asked for it.
      if (!(error instanceof FirnError)) throw error;
    }
  }
  return tables;
}

const LARGE_ROWS = 100_000;
const LARGE_BYTES = 100e6;
/** A table without a row of the last days does not grow. */
const RECENT_MS = 30 * DAY_MS;

function isLarge({ rows, bytes }: TableSize): boolean {
  return rows >= LARGE_ROWS || bytes >= LARGE_BYTES;
}

/** Large tables that grow and that nobody decided about. */
export function judgeUnmanaged(tables: readonly UnmanagedTable[], now: Instant): readonly Finding[] {
  const findings = tables
    .filter(({ size, newest }) => isLarge(size) && newest >= laterBy(now, -RECENT_MS))
    .map(({ table, size, column, newest }) => {
      const about = size.exact ? '' : 'about ';
      const message = `${about}${plural(size.rows, 'row')} (${formatBytes(size.bytes)}), no policy, newest ${column} ${formatInstant(newest).slice(0, 10)}`;
      const remedy =
        'To archive it, add what firn init --print proposes to the configuration. To keep all of it, list it under exempt.';
      return found('unmanaged', 'warning', message, { subject: table, remedy });
    });
  return orOk(findings, 'unmanaged', 'no large table grows without a policy');
}
