import { hash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { sealDigest } from '../../format/segment/prove.ts';
import type { UsableLakeFile } from '../../lake/lake-of.ts';
import type { Condition } from '../../model/filter.ts';
import type { Column } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { neverStop, type Stop, stopIfTold } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type Problem, problemOf, type SearchReport } from '../places/search-report.ts';
import { type ArchivedLines, archivedLines } from '../read/archived-lines.ts';
import { gather } from '../read/gather.ts';
import type { Query } from '../read/query.ts';
import { lakePart, NO_LAKE } from './lake-part.ts';
import { type Bound, isOutside } from './query/time-bounds.ts';
import type { ViewFiles } from './view.ts';

/** A table's rows as files that DuckDB can read, and what is known of its columns. */
export interface TableFiles {
  readonly files: readonly ViewFiles[];
  /** Instead of the segments that they hold. */
  readonly lake: readonly UsableLakeFile[];
  /** The columns of every schema that occurs, the present one first. */
  readonly schemas: readonly (readonly Column[])[];
  readonly largestLine: number;
  /** Bytes of a line on the average, of what was laid out; 0 without a line. */
  readonly averageLine: number;
  readonly report: SearchReport;
}

/** What every row of the answer satisfies besides the query. */
export interface Spared {
  readonly bounds: readonly Bound[];
  /** The bounds as conditions on hot rows. */
  readonly hot: readonly Condition[];
  /** The columns of hot rows that the statement uses; null for all. */
  readonly columns: readonly string[] | null;
  /** Where to put lake files of another machine; null: no lake is to be read. */
  readonly downloads: string | null;
}

const LEAST_OBJECT = 16 << 20;
const LARGEST_HEADER = 32_768;

/**
 * Lays out a table's rows for DuckDB. Segments that the lake stands for are read from there. Another one that is wanted as a whole is read where it lies, after its seal was
 * compared; of any other, and of hot, the lines wanted are written into a file in `folder`, which is this table's alone.
 * @param query of one table. Its conditions decide about lines; `spared` only spares reading.
 */
export async function layOutTable(
  places: Places,
  folder: string,
  query: Query,
  spared: Spared,
  stop: Stop = neverStop,
): Promise<TableFiles> {
  const [table] = query.tables as [string];
  const report = emptyReport();
  const schemas: (readonly Column[])[] = [];
  const paths = { hot: [] as string[], warm: [] as string[], cold: [] as string[] };
  let largestLine = LEAST_OBJECT;
  const lines = { count: 0, bytes: 0 };
  const doing = { operation: 'read the table', path: table };
  await using opened = new AsyncDisposableStack();
  const ofHot = { ...query, where: [...query.where, ...spared.hot] };
  const gathered = await gather(places, ofHot, report, opened, { purpose: 'rows', lean: spared });
  const own = gathered.tables.get(places.dialect.foldName(table));
  if (own?.shape != null) schemas.push(own.shape.columns);
  const hot = new LineFile(join(folder, 'hot.jsonl'));
  for await (const { line } of own?.finding.rows() ?? []) {
    await hot.write(line);
    report.rows.hot++;
    largestLine = Math.max(largestLine, line.length);
    lines.bytes += line.length;
  }
  lines.count = report.rows.hot;
  if (await hot.close()) paths.hot.push(hot.path);

  const lake =
    spared.downloads === null ? NO_LAKE : await lakePart(places, query, gathered, spared.downloads);
  report.notes.push(...lake.notes);
  for (const { tier, rows, segments } of lake.files) {
    report.rows[tier] += rows;
    report.lake.files++;
    report.lake.segments += segments.length;
  }
  const [covered, refs] = partition(gathered.refs, ({ segment }) => lake.covered.has(segment));
  for (const { rows, rawBytes } of covered) {
    lines.count += rows;
    lines.bytes += rawBytes;
  }
  const some = {
    warm: new LineFile(join(folder, 'warm.jsonl')),
    cold: new LineFile(join(folder, 'cold.jsonl')),
  };
  for await (const segment of archivedLines(places, query, {
    ...{ newestFirst: true, report, gathered: { ...gathered, refs } },
  })) {
    const { footer, tier } = segment;
    stopIfTold(stop, doing);
    if (isOutside(footer, spared.bounds, places.dialect)) {
      report.segments.read--;
      report.segments.pruned.time++;
      continue;
    }
    schemas.push(footer.columns);
    lines.count += footer.rows;
    lines.bytes += footer.rawBytes;
    largestLine = Math.max(largestLine, ...footer.blocks.map(({ rawBytes }) => rawBytes));
    const broken = isWhole(segment, query) ? await sealProblem(segment) : null;
    if (isWhole(segment, query) && broken === null) {
      paths[tier].push(await wholeFile(places, folder, segment, report));
      continue;
    }
    // What can be read of a damaged segment is read block by block.
    const before = report.problems.length;
    for await (const line of segment.lines) await some[tier].write(line);
    if (broken !== null && report.problems.length === before) report.problems.push(broken);
  }
  for (const tier of ['warm', 'cold'] as const)
    if (await some[tier].close()) paths[tier].push(some[tier].path);
  const files = (['hot', 'warm', 'cold'] as const).map((tier) => ({ tier, paths: paths[tier] }));
  const averageLine = lines.count === 0 ? 0 : lines.bytes / lines.count;
  schemas.push(...lake.schemas);
  return { files, lake: lake.files, schemas, largestLine: largestLine + 1, averageLine, report };
}

function isWhole({ footer, blocks, isFiltered }: ArchivedLines, query: Query): boolean {
  const { where, text, since, until, among } = query;
  const wanted = where.length === 0 && text === null && since === null && until === null && among === null;
  return wanted && !isFiltered && blocks.length === footer.blocks.length && footer.compression !== 'none';
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Null when the segment's bytes are those that were sealed. */
async function sealProblem({ ref, source, path }: ArchivedLines): Promise<Problem | null> {
  try {
    await sealDigest(source, path);
    return null;
  } catch (error) {
    const { segment, table, tier } = ref;
    return problemOf({ segment, table, tier, rows: 0, path }, error);
  }
}

/** The path of a file with all lines of the segment and nothing else. */
async function wholeFile(
  { archive }: Places,
  folder: string,
  { ref, footer, source, path, tier }: ArchivedLines,
  report: SearchReport,
): Promise<string> {
  report.rows[tier] += footer.rows;
  report.bytes.read += source.bytes;
  const own = archive.capabilities.localPath(path);
  const last = footer.blocks.at(-1)!;
  const end = last.offset + last.bytes;
  // DuckDB refuses larger gzip headers, which files of format 1 can have behind their blocks.
  const isReadable = footer.format > 1 || source.bytes - end < LARGEST_HEADER;
  // A stored file is used where it lies. (Its footer inflates to nothing.)
  if (own !== null && isReadable && path.endsWith(ref.segment) && existsSync(own)) {
    if (statSync(own).size === source.bytes) return realpathSync(own);
  }
  const suffix = ref.segment.slice(ref.segment.indexOf('.jsonl'));
  const copy = new LineFile(join(folder, `${hash('sha256', ref.segment, 'hex')}${suffix}`));
  for (let at = 0; at < end; at += sizes.laidOutBytes) {
    await copy.write(await source.read(at, Math.min(sizes.laidOutBytes, end - at)));
  }
  await copy.close();
  return copy.path;
}

/** A file that appears with its first bytes. */
class LineFile {
  readonly path: string;
  #handle: FileHandle | null = null;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= sizes.laidOutBytes) await this.#flush();
  }

  /** False when nothing was written: then there is no file. */
  async close(): Promise<boolean> {
    await this.#flush();
    await this.#handle?.close();
    return this.#handle !== null;
  }

  async #flush(): Promise<void> {
    if (this.#bytes === 0) return;
    this.#handle ??= await open(this.path, 'w', 0o600);
    await this.#handle.appendFile(Buffer.concat(this.#waiting));
    [this.#waiting, this.#bytes] = [[], 0];
  }
}
