import type { HotStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { DAY_MS } from '../../model/duration.ts';
import { FirnError } from '../../model/errors.ts';
import {
  type Day,
  dayOf,
  formatInstant,
  type Instant,
  instantOfMs,
  laterBy,
  startOfDay,
} from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { rowsByDay } from '../../model/policy/span.ts';
import { type TableWithoutPolicy, tablesWithoutPolicy } from '../cleanup/without-policy.ts';
import { fateOf } from '../verify/conservation.ts';
import { fileTotals } from './file-totals.ts';
import { type Forecast, forecast, paceOf, type RowSize } from './stats-forecast.ts';

const WINDOW_DAYS = 30;

/** What comes into one table, and what it will be. */
export interface TableRates {
  readonly table: string;
  /** Rows of each of the last 30 complete days, oldest first, wherever they are now: see `rowsByDay`. */
  readonly rowsPerDay: readonly number[];
  /** The same rows by where they are now. */
  readonly perDayByTier: Readonly<Record<'hot' | 'warm' | 'cold', readonly number[]>>;
  /** Their mean, from the first day that has rows. */
  readonly pace: number;
  /** The later half of those days against the earlier one; null when that cannot be told. */
  readonly growth: number | null;
  /** Bytes of a row as text and compressed, from what is archived; null while nothing is. */
  readonly rowSize: RowSize | null;
  readonly archived: {
    readonly segments: number;
    readonly rows: number;
    readonly rawBytes: number;
    readonly bytes: number;
  };
  readonly purgedRows: number;
  readonly erasedRows: number;
  /** False for a large table without an index on its age column: its hot rows are not in `rowsPerDay`. */
  readonly hotCounted: boolean;
  readonly forecasts: readonly Forecast[];
}

export interface RetentionStats {
  readonly asOf: string;
  /** The days of `rowsPerDay`. */
  readonly days: readonly Day[];
  readonly tables: readonly TableRates[];
  /** Tables whose database rows cannot be read, and why. */
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  /** Tables that the archive holds rows of, and no policy names: nothing can be forecast for them. */
  readonly withoutPolicy: readonly TableWithoutPolicy[];
}

export interface StatsSources {
  readonly reader: Pick<HotReader, 'shape' | 'ledger'>;
  readonly stats: HotStats;
  readonly clock: Clock;
  readonly policies: PolicySet;
}

/** Rows and bytes a day, compression, growth, and what the next 30 and 365 days will hold at this pace. Reads only. */
export async function retentionStats(sources: StatsSources): Promise<RetentionStats> {
  const now = instantOfMs(sources.clock.now());
  const days = completeDays(now);
  const receipts = await sources.reader.ledger.receipts();
  const tables: TableRates[] = [];
  const unreadable: { table: string; message: string }[] = [];
  for (const policy of sources.policies.policies.values()) {
    const own = receipts.filter(({ table }) => sameWord(table, policy.table));
    try {
      const rates = await tableRates(sources, policy, own, days, now);
      if (rates !== null) tables.push(rates);
    } catch (error) {
      if (!(error instanceof FirnError)) throw error;
      unreadable.push({ table: policy.table, message: error.message });
    }
  }
  const withoutPolicy = tablesWithoutPolicy(sources.policies, receipts);
  return { asOf: formatInstant(now), days, tables, unreadable, withoutPolicy };
}

/** The last 30 complete days, oldest first. */
export function completeDays(now: Instant): Day[] {
  const today = startOfDay(dayOf(now));
  return Array.from({ length: WINDOW_DAYS }, (_, at) => dayOf(laterBy(today, -(WINDOW_DAYS - at) * DAY_MS)));
}

/** What comes into one table, and what it will be under a policy. Null for a table that neither the database nor the archive has. */
export async function tableRates(
  { reader, stats }: Pick<StatsSources, 'reader' | 'stats'>,
  policy: Policy,
  receipts: readonly Receipt[],
  days: readonly Day[],
  now: Instant,
): Promise<TableRates | null> {
  const shape = await reader.shape(policy.table);
  if (shape === null && receipts.length === 0) return null;
  const hot = shape === null ? [] : await stats.perDay(shape, policy, days);
  const live = receipts.filter(({ state }) => state === 'archived' || state === 'draining');
  const inTier = (tier: Receipt['tier']): Map<Day, number> =>
    summed(live.filter((receipt) => receipt.tier === tier).flatMap(rowsByDay));
  const tiers = {
    hot: summed(days.flatMap((day, at): [Day, number][] => (hot?.[at] ? [[day, hot[at]]] : []))),
    warm: inTier('warm'),
    cold: inTier('cold'),
  };
  const known = summed(Object.values(tiers).flatMap((tier) => [...tier]));
  const of = (tier: ReadonlyMap<Day, number>): number[] => days.map((day) => tier.get(day) ?? 0);
  const rowsPerDay = of(known);
  const perDayByTier = { hot: of(tiers.hot), warm: of(tiers.warm), cold: of(tiers.cold) };
  const { files: segments, rows, rawBytes, bytes } = fileTotals(live);
  const rowSize = rows === 0 ? null : { raw: rawBytes / rows, packed: bytes / rows };
  const { pace, growth } = paceOf(rowsPerDay);
  const gone = (fate: ReturnType<typeof fateOf>): number =>
    receipts.reduce((sum, one) => sum + (one.state === 'purged' && fateOf(one) === fate ? one.rows : 0), 0);
  return {
    ...{ table: shape?.table ?? policy.table, rowsPerDay, perDayByTier, pace, growth },
    ...{ rowSize, archived: { segments, rows, rawBytes, bytes } },
    purgedRows: gone('purged'),
    erasedRows: gone('erased'),
    hotCounted: hot !== null,
    forecasts: [0, 30, 365].map((ahead) => forecast(policy, known, pace, rowSize, now, ahead)),
  };
}

function summed(parts: readonly (readonly [Day, number])[]): Map<Day, number> {
  const sums = new Map<Day, number>();
  for (const [day, rows] of parts) sums.set(day, (sums.get(day) ?? 0) + rows);
  return sums;
}
