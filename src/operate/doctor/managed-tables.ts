import type { HotCheckup, TableSize } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { SideEffects } from '../../model/database/side-effects.ts';
import { FirnError } from '../../model/errors.ts';
import type { Policy } from '../../model/policy/policy.ts';
import type { TableShape } from '../../model/shape.ts';
import type { TimeSource } from '../../model/time/time-format.ts';
import type { TimeSample } from '../stores.ts';

/** What is known of a managed table that the database has. */
export interface ManagedTable {
  readonly policy: Policy;
  readonly shape: TableShape;
  readonly size: TableSize;
  /** Null where the policy's time column is not there. */
  readonly times: TimeSample | null;
  readonly hasAgeIndex: boolean;
  /** A text: why no row can be deleted. */
  readonly effects: SideEffects | string;
}

/** A managed table that cannot be looked at. */
export interface UnreadableTable {
  readonly table: string;
  readonly error: FirnError;
}

export type SampleTimes = (table: string, source: TimeSource) => Promise<TimeSample | null>;

/** Looks at managed tables. One that cannot be read does not hide the others; those that are not there are left out. */
export async function lookAtManaged(
  policies: Iterable<Policy>,
  reader: Pick<HotReader, 'shape' | 'sideEffects'>,
  checkup: HotCheckup,
  sampleTimes: SampleTimes,
): Promise<{ readonly tables: readonly ManagedTable[]; readonly unreadable: readonly UnreadableTable[] }> {
  const tables: ManagedTable[] = [];
  const unreadable: UnreadableTable[] = [];
  for (const policy of policies) {
    try {
      const shape = await reader.shape(policy.table);
      if (shape === null) continue;
      const times = await sampleTimes(shape.table, policy);
      tables.push({
        ...{ policy, shape, times, size: await checkup.size(shape) },
        hasAgeIndex: times !== null && (await checkup.hasAgeIndex(shape, policy.timeColumn)),
        effects: await effectsOf(reader, shape),
      });
    } catch (error) {
      if (!(error instanceof FirnError)) throw error;
      unreadable.push({ table: policy.table, error });
    }
  }
  return { tables, unreadable };
}

async function effectsOf(
  reader: Pick<HotReader, 'sideEffects'>,
  shape: TableShape,
): Promise<SideEffects | string> {
  try {
    return await reader.sideEffects(shape);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'refused') return error.message;
    throw error;
  }
}
