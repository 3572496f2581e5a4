import type { LakeColumn, LakeKind } from '../../format/lake/lake-file.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { foldWord } from '../../model/names.ts';
import { ARCHIVED_AT, ROWID, TIME } from '../../model/shape.ts';

/** The column with the cells that no other column holds exactly. */
export const EXACT = '_exact';

/** Names that a Parquet column may not have: `_exact`, and the partitions, which replace a column of their name in DuckDB and ClickHouse. */
const RESERVED: ReadonlySet<string> = new Set([EXACT, '_table', '_day', '_month', '']);

/** What is needed of a footer. */
export type LineShape = Pick<Footer, 'columns' | 'primaryKey' | 'timeOf'>;

/** The columns of a lake file. */
export interface LakeSchema {
  readonly columns: readonly LakeColumn[];
  /** The column of the file for a key of a line, by the folded key; a key that is not here has its cells in `_exact`. */
  readonly byKey: ReadonlyMap<string, LakeColumn>;
}

/**
 * The schema that takes the rows of segments, the oldest first: the columns of the newest, then those that are gone. A column that was declared in
 * several ways holds the text of its values.
 */
export function schemaOf(shapes: readonly LineShape[]): LakeSchema {
  const byKey = new Map<string, LakeColumn>();
  const lowered = new Set<string>();
  for (const shape of shapes.toReversed()) {
    for (const column of keysOf(shape)) {
      const key = foldWord(column.name);
      const known = byKey.get(key);
      // Engines fold more letters than the database does.
      if (known === undefined && (RESERVED.has(key) || lowered.has(column.name.toLowerCase()))) continue;
      lowered.add(column.name.toLowerCase());
      byKey.set(key, known === undefined ? column : merged(known, column));
    }
  }
  return { columns: [...byKey.values()], byKey };
}

/** The keys of the lines of a segment, in their order. */
function keysOf({ columns, primaryKey, timeOf }: LineShape): LakeColumn[] {
  return [
    ...columns.map(({ name, type }) => ({ name, ...kindOf(type) })),
    ...(timeOf === undefined ? [] : [{ name: TIME, kind: 'UTF8' } as const]),
    { name: ARCHIVED_AT, kind: 'UTF8' },
    ...(primaryKey.length > 0 ? [] : [{ name: ROWID, kind: 'INT64' } as const]),
  ];
}

function merged(known: LakeColumn, other: LakeColumn): LakeColumn {
  if (known.kind === other.kind && known.any === other.any) return known;
  return { name: known.name, kind: 'UTF8', any: true };
}

/** By SQLite's rules of affinity, in their order. A double does not hold every NUMERIC, so that such columns hold text. */
function kindOf(type: string): { readonly kind: LakeKind; readonly any?: true } {
  if (/int/i.test(type)) return { kind: 'INT64' };
  if (/char|clob|text/i.test(type)) return { kind: 'UTF8' };
  if (/blob/i.test(type)) return { kind: 'BYTE_ARRAY' };
  if (/real|floa|doub/i.test(type)) return { kind: 'DOUBLE' };
  return { kind: 'UTF8', any: true };
}
