import { everything, TIERS, type Tier } from '../../../lookup/read/query.ts';
import { countRows } from '../../../lookup/search/row-counts.ts';
import type { Hold } from '../../../model/filter.ts';
import type { Stores } from '../../../operate/stores.ts';

/** How many rows a hold keeps where they are. */
export interface HeldRows extends Readonly<Record<Tier, number>> {
  /** False: some rows could not be read, and the counts are lower bounds. */
  readonly exact: boolean;
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

/** Counts the rows of each hold in every tier, each once. Reads the blocks that may hold them. */
export async function countHeld(
  stores: Stores,
  holds: readonly Hold[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, HeldRows>> {
  await using places = await stores.openSearching();
  const counted = new Map<number, HeldRows>();
  for (const { id, table, conditions } of holds) {
    const query = { ...everything([table]), where: conditions };
    const { buckets, untimed, report } = await countRows(places, query, {
      width: 'month',
      facets: [],
      signal,
    });
    const [hot = 0, warm = 0, cold = 0] = TIERS.map((tier) =>
      buckets.reduce((sum, one) => sum + one[tier], 0),
    );
    const problems = [
      ...report.problems.map(({ path, why }) => `${path}: ${why}`),
      ...report.unread.map((one) => `${one.table}: ${one.why}`),
    ];
    counted.set(id, { hot: hot + untimed, warm, cold, exact: problems.length === 0, problems });
  }
  return counted;
}
