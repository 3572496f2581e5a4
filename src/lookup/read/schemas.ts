import type { Column } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import { emptyReport } from '../places/search-report.ts';
import { archivedLines } from './archived-lines.ts';
import type { Query } from './query.ts';

interface Schema {
  readonly columns: readonly Column[];
  /** Archived rows that no primary key tells apart. */
  readonly hasRowid: boolean;
}

/** Every schema that a table has or had, where the query looks: the present one first. Reads footers only. */
export async function schemasOf(places: Places, query: Query, table: string): Promise<readonly Schema[]> {
  const schemas: Schema[] = [];
  const shape = await places.hot?.reader.shape(table).catch(() => null);
  if (shape != null) schemas.push({ columns: shape.columns, hasRowid: false });
  const one = { ...query, tables: [table] };
  for await (const { footer } of archivedLines(places, one, { newestFirst: true, report: emptyReport() }))
    schemas.push({ columns: footer.columns, hasRowid: footer.primaryKey.length === 0 });
  return schemas;
}
