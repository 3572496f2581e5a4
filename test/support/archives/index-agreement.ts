import assert from 'node:assert/strict';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { readIndex } from '../../../src/archive/index/lookup-index-file.ts';
import { requireOwnArchive } from '../../../src/lookup/places/own-archive.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { parseCondition } from '../../../src/model/filter.ts';

const TABLES = ['notes', 'pairs', 'bare'];
const CONDITIONS = ['run=run-1', 'run=run-9', 'run=no-run', 'id=note-3', 'a=7', 'nowhere=1', 'n=3'];

/** As commands open them, with the index of lookup keys that the ledger vouches for. */
export async function withIndex(
  hot: NonNullable<Places['hot']>,
  others: Pick<Places, 'dialect' | 'policies'> & { readonly archive: ArchiveStore },
): Promise<Places> {
  const { ledger } = hot.reader;
  return {
    ...others,
    ...{ hot, ...(await requireOwnArchive(ledger, others.archive)) },
    index: async () => {
      const record = await ledger.index();
      return record === null ? null : await readIndex(others.archive, record.digest);
    },
  };
}

/** Asserts that searches of the small database give the same with the index as without. Returns how many bytes less were read with it. */
export async function agreeWithoutIndex(places: Places, why: string): Promise<number> {
  const { index: _, ...without } = places;
  let spared = 0;
  for (const condition of CONDITIONS) {
    for (const [order, limit] of [
      ['oldest', null],
      ['newest', 2],
    ] as const) {
      const query = { ...everything(TABLES), where: [parseCondition(condition)], order, limit };
      const [one, other] = [await answer(places, query), await answer(without, query)];
      assert.deepEqual([one.rows, one.report], [other.rows, other.report], `${why}: ${condition}`);
      spared += other.read - one.read;
    }
  }
  return spared;
}

async function answer(
  places: Places,
  query: Query,
): Promise<{ readonly rows: unknown[]; readonly report: object; readonly read: number }> {
  const found = search(places, query, { anyColumn: true });
  const rows: unknown[] = [];
  for await (const hit of found) rows.push([hit.table, hit.tier, hit.segment, rowOf(hit)]);
  const { bytes, ...report } = found.report;
  return { rows, report, read: bytes.read };
}
