import type { LakeColumn, LakeKind } from '../../format/lake/lake-file.ts';
import { LAKE_WAY_OUT, type LakeProblem, lakeOf, type UsableLakeFile } from '../../lake/lake-of.ts';
import { ARCHIVED_AT, type Column, ROWID, TIME } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import { emptyReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { archivedLines } from '../read/archived-lines.ts';
import type { Gathered } from '../read/gather.ts';
import { everything, type Query } from '../read/query.ts';

/** What is read of a table's archived rows from the lake. */
export interface LakePart {
  readonly files: readonly UsableLakeFile[];
  /** Of the segments that are read from it. */
  readonly schemas: readonly (readonly Column[])[];
  /** The segments that are read from it. */
  readonly covered: ReadonlySet<string>;
  /** Of lake files that cannot be read: their segments are read instead. */
  readonly notes: readonly string[];
}

export const NO_LAKE: LakePart = { files: [], schemas: [], covered: new Set(), notes: [] };

/**
 * The lake files that stand for segments of which every row is wanted.
 * @param query of one table. Its conditions are not looked at: what it does not want has to be told by its times.
 * @param downloads takes files of an archive on another machine.
 */
export async function lakePart(
  places: Places,
  query: Pick<Query, 'tables' | 'tiers' | 'since' | 'until'>,
  gathered: Gathered,
  downloads: string,
): Promise<LakePart> {
  const [table] = query.tables as [string];
  const records = (await places.hot?.reader.ledger.lakeFiles(table)) ?? [];
  if (records.length === 0) return NO_LAKE;
  const refs = gathered.refs.filter((ref) => query.tiers.has(ref.tier) && isWithin(query, ref));
  const found = await lakeOf({ archive: places.archive, records, downloads }, table, refs, {
    since: null,
    until: null,
  });
  const covered = new Set(found.files.flatMap(({ segments }) => segments));
  const notes = found.problems.map(noteOf);
  return {
    files: found.files,
    schemas: await schemasIn(places, found.files, table, gathered),
    covered,
    notes,
  };
}

function isWithin(
  { since, until }: Pick<Query, 'since' | 'until'>,
  { minTime, maxTime }: Pick<SegmentRef, 'minTime' | 'maxTime'>,
): boolean {
  return (since === null || minTime >= since) && (until === null || maxTime <= until);
}

function noteOf({ path, why }: LakeProblem): string {
  return `Lake file ${path}: ${why}. Its archive files were read instead. ${LAKE_WAY_OUT}`;
}

/** The schemas of lake files, the newest first. Where columns hold values of any kind, those of the first and the last segment tell their types. */
async function schemasIn(
  places: Places,
  files: readonly UsableLakeFile[],
  table: string,
  gathered: Gathered,
): Promise<readonly (readonly Column[])[]> {
  const groups = [...groupsOf(files.toReversed()).values()];
  const schemas = groups.map(([{ columns }]) => columns.filter(isOfTable).map(columnOf));
  const asked = new Set(
    groups
      .filter(([{ columns }]) => columns.some(({ any }) => any === true))
      .flatMap((group) => [group[0].segments.at(-1)!, group.at(-1)!.segments[0]!]),
  );
  if (asked.size === 0) return schemas;
  const refs = gathered.refs.filter(({ segment }) => asked.has(segment));
  const query = everything([table]);
  const footers: (readonly Column[])[] = [];
  const options = { newestFirst: true, report: emptyReport(), gathered: { ...gathered, refs } };
  for await (const { footer } of archivedLines(places, query, options)) footers.push(footer.columns);
  return footers.length === 0 ? schemas : footers;
}

/** Files by what their columns are. */
export function groupsOf(
  files: readonly UsableLakeFile[],
): ReadonlyMap<string, [UsableLakeFile, ...UsableLakeFile[]]> {
  const groups = new Map<string, [UsableLakeFile, ...UsableLakeFile[]]>();
  for (const file of files) {
    const key = JSON.stringify([file.columns.map(({ name, kind, any }) => [name, kind, any]), file.tier]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return groups;
}

const TYPES: Readonly<Record<LakeKind, string>> = {
  INT64: 'INTEGER',
  DOUBLE: 'REAL',
  UTF8: 'TEXT',
  BYTE_ARRAY: 'BLOB',
};

/** Not what lines have besides. */
function isOfTable({ name }: LakeColumn): boolean {
  return ![ARCHIVED_AT, ROWID, TIME].includes(name);
}

/** A column with a type that a view takes for the same kind. */
function columnOf({ name, kind, any }: LakeColumn): Column {
  return { name, type: any === true ? '' : TYPES[kind], key: 0 };
}
