import { decodeLine, type Row } from '../../format/line/line.ts';
import type { ReferringRow } from '../../hot/hot-lookup.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import type { Condition } from '../../model/filter.ts';
import type { Policy } from '../../model/policy/policy.ts';
import type { Reference } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import { cellOf, conditionText } from '../read/kin.ts';
import { everything } from '../read/query.ts';
import { relationsOf } from '../read/relations.ts';
import { search } from './search-tiers.ts';

const MOST_SHOWN = 5;
/** Rows of its own unit may refer to it, and do not count. */
const MOST_READ = 100;

/** Rows of the database that keep a row there because they refer to it: none where its policy does not keep references. */
export async function keptBy(
  places: Places,
  policy: Policy | null,
  table: string,
  where: readonly Condition[],
): Promise<readonly ReferringRow[]> {
  const { hot, dialect } = places;
  if (hot === null || policy?.references !== 'keep') return [];
  const relations = await relationsOf(places);
  const ties = (await hot.reader.references()).filter(
    (tie) =>
      dialect.sameName(tie.parent, table) && !relations.some((relation) => isSame(relation, tie, dialect)),
  );
  const kept: ReferringRow[] = [];
  let own: string | null = null;
  for (const tie of ties) {
    for (const row of await hot.lookup.referring(tie, where, MOST_READ)) {
      if (kept.length === MOST_SHOWN) return kept;
      if (relations.length > 0) {
        own ??= await rootOf(places, relations, table, where);
        const other = await rootOf(places, relations, row.table, await keyOf(places, row));
        if (other !== null && other === own) continue;
      }
      kept.push(row);
    }
  }
  return kept;
}

function isSame(a: Reference, b: Reference, { foldName, sameName }: Dialect): boolean {
  const columns = (tie: Reference): string => tie.columns.map(foldName).sort().join('\0');
  return sameName(a.table, b.table) && sameName(a.parent, b.parent) && columns(a) === columns(b);
}

async function keyOf({ hot }: Places, { table, key }: ReferringRow): Promise<Condition[]> {
  const columns = (await hot!.reader.shape(table))?.primaryKey ?? [];
  return columns.map((column, at) => ({ column, op: '=', value: key[at]! }));
}

/** Names the root of a row's unit in the database; null for a row that cannot be found by a key. */
async function rootOf(
  places: Places,
  relations: readonly Reference[],
  table: string,
  where: readonly Condition[],
): Promise<string | null> {
  if (where.length === 0) return null;
  const above = relations.find((relation) => places.dialect.sameName(relation.table, table));
  const row = above === undefined ? null : await hotRow(places, table, where);
  const values = row === null ? [null] : above!.columns.map((column) => cellOf(row, column, places.dialect));
  if (above === undefined || values.includes(null))
    return [places.dialect.foldName(table), ...where.map(({ column, value }) => `${column}=${value}`)].join(
      '\0',
    );
  const key = above.parentColumns.map((column, at) => ({
    ...{ column, op: '=' as const, value: conditionText(values[at]!) },
  }));
  return await rootOf(places, relations, above.parent, key);
}

async function hotRow(places: Places, table: string, where: readonly Condition[]): Promise<Row | null> {
  const query = { ...everything([table]), where, tiers: new Set(['hot' as const]), limit: 1 };
  for await (const { line } of search(places, query, { anyColumn: true })) return decodeLine(line);
  return null;
}
