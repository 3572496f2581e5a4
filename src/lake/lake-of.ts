import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ArchiveStore } from '../archive/archive-store.ts';
import type { LakeColumn, LakeFile } from '../format/lake/lake-file.ts';
import { FirnError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { downloadLakeFile } from './download.ts';

/** The version of the rules by which this version of Firn makes Parquet of lines. Files of other rules are not read, and made again. */
export const LAKE_RULES = 1;

/** What is needed to find the lake files of one table. */
export interface LakePlaces {
  readonly archive: ArchiveStore;
  /** `LedgerReader.lakeFiles(table)`. It does not matter whether they were read before or after the segments. */
  readonly records: readonly LakeFile[];
  /** An existing folder for downloads of an archive that is not on this machine. They stay there, and serve the next call. */
  readonly downloads: string;
}

/** A segment as the ledger has it now. A `SegmentRef` of `lookup/` is one. */
export interface CurrentSegment {
  readonly segment: string;
  readonly tier: 'warm' | 'cold';
  /** The seal its receipt remembers. */
  readonly digest: string | null;
  readonly rows: number;
  /** Lines from this position on are hot. */
  readonly drained: number;
  /** Positions of lines whose row stays hot. */
  readonly kept: ReadonlySet<number>;
  /** Some of its rows are hot under a lease. */
  readonly leased: boolean;
  readonly adopted: boolean;
}

/** A lake file that may be read in place of its segments. */
export interface UsableLakeFile {
  /** The Parquet file on this machine, absolute: in the archive, or a download. */
  readonly localPath: string;
  /** Below the archive, for messages. */
  readonly path: string;
  /** Of all of its segments. */
  readonly tier: 'warm' | 'cold';
  /** The segments (`<day>/<file name>`) whose rows it has: all of their rows, and no others. */
  readonly segments: readonly string[];
  /** Of its rows' times, inclusive. */
  readonly minTime: Instant;
  readonly maxTime: Instant;
  readonly rows: number;
  /** Rows whose `_exact` is not NULL. With 0, every cell is in its column. */
  readonly exactRows: number;
  /** In the order of the file, without `_exact`. A column of the table that is not among them has its cells in `_exact`. */
  readonly columns: readonly LakeColumn[];
  readonly bytes: number;
}

/** A lake file that should be usable, and is not. Its segments are whole: nothing is missing from an answer that reads them. */
export interface LakeProblem {
  readonly path: string;
  readonly table: string;
  /** As a sentence without a full stop. */
  readonly why: string;
}

export interface LakeRead {
  /** In the order of time. No segment is in two of them. */
  readonly files: readonly UsableLakeFile[];
  readonly problems: readonly LakeProblem[];
}

/** The way out of every `LakeProblem`. */
export const LAKE_WAY_OUT = 'Run: firn lake rebuild';

/**
 * The lake files of one table that are in step with the ledger and may be read in place of segments.
 *
 * A file is given only when each segment in it is among `segments` with the seal that the file was made from, is archived as a whole (not being
 * drained, no line kept hot, none leased, all in one tier), and the file is there with the recorded size and Parquet footer. (Every byte is compared
 * by `firn lake verify`, and of a download here.) So a row that was erased, purged, rewritten or restored is never read from the lake: what does that
 * changes the receipts, and removes the lake file first. What is not given, for whatever reason, is to be read from its segments: a lake file never
 * hides a row and never adds one. Lines that were to be erased are not in any lake file.
 *
 * The files are made before anybody reads them and never change; a run beside this may remove one at any time. Then `localPath` is gone, and the
 * caller looks again (`lakeOf` with receipts and records read anew). A file that is open stays readable.
 * @param segments the live segments of the table at one instant, of all tiers that are wanted: `Gathered.refs`, say.
 * @param range inclusive; files without a row in it are left out, and their segments have none either.
 */
export async function lakeOf(
  places: LakePlaces,
  table: string,
  segments: readonly CurrentSegment[],
  range: { readonly since: Instant | null; readonly until: Instant | null },
): Promise<LakeRead> {
  const current = new Map(segments.map((segment) => [segment.segment, segment]));
  const files: UsableLakeFile[] = [];
  const problems: LakeProblem[] = [];
  const taken = new Set<string>();
  // Merged files first: one that is left over from before a merge is not read beside them.
  const records = places.records.toSorted(
    (a, b) => b.segments.length - a.segments.length || a.minTime - b.minTime,
  );
  for (const record of records) {
    const names = record.segments.map(({ name }) => name);
    if (record.state !== 'whole' || record.rules !== LAKE_RULES) continue;
    if (!overlaps(record, range) || names.some((name) => taken.has(name))) continue;
    const tier = tierInStep(record, current);
    if (tier === null) continue;
    try {
      const localPath = await localCopy(places, record);
      for (const name of names) taken.add(name);
      const { path, minTime, maxTime, rows, exactRows, columns, bytes } = record;
      files.push({
        ...{ localPath, path, tier, segments: names },
        ...{ minTime, maxTime, rows, exactRows, columns, bytes },
      });
    } catch (error) {
      if (!(error instanceof FirnError)) throw error;
      problems.push({ path: record.path, table, why: error.message });
    }
  }
  files.sort((a, b) => a.minTime - b.minTime || (a.path < b.path ? -1 : 1));
  return { files, problems };
}

/** The tier of a file's segments when all of them are as they were when it was made; else null. */
export function tierInStep(
  { segments }: Pick<LakeFile, 'segments'>,
  current: ReadonlyMap<string, CurrentSegment>,
): 'warm' | 'cold' | null {
  const found = segments.map(({ name, seal }) => {
    const segment = current.get(name);
    return segment !== undefined && segment.digest === seal && isWhole(segment) ? segment.tier : null;
  });
  const [tier = null] = found;
  return found.every((one) => one === tier) ? tier : null;
}

/** Whether each of its lines is an archived row, and none of them a row of hot. */
function isWhole({ rows, drained, kept, leased }: CurrentSegment): boolean {
  return drained === rows && kept.size === 0 && !leased;
}

function overlaps(
  { minTime, maxTime }: LakeFile,
  { since, until }: { readonly since: Instant | null; readonly until: Instant | null },
): boolean {
  return (since === null || maxTime >= since) && (until === null || minTime <= until);
}

async function localCopy({ archive, downloads }: LakePlaces, file: LakeFile): Promise<string> {
  const own = archive.capabilities.localPath(file.path);
  const path = own ?? (await downloadLakeFile(archive, file, downloads));
  await requireFooter(path, file);
  return path;
}

/** Bytes at the end of a Parquet file: the length of its metadata, and `PAR1`. */
const TAIL = 8;

/** Throws `integrity` for a file that is not there, or has another size or footer than the one that was recorded. */
async function requireFooter(localPath: string, { path, bytes, footerSha256 }: LakeFile): Promise<void> {
  const wrong = (why: string): FirnError =>
    new FirnError('integrity', why, { operation: 'open a lake file', path, hint: LAKE_WAY_OUT });
  const file = await open(localPath, 'r').catch(() => null);
  if (file === null) throw wrong('the file is missing or cannot be read');
  try {
    const { size } = await file.stat();
    if (size !== bytes) throw wrong(`the file has ${size} bytes, and the ledger says ${bytes}`);
    const tail = Buffer.alloc(TAIL);
    await file.read(tail, 0, TAIL, bytes - TAIL);
    const footer = Buffer.alloc(Math.min(tail.readUInt32LE(0) + TAIL, bytes));
    const { bytesRead } = await file.read(footer, 0, footer.length, bytes - footer.length);
    if (bytesRead !== footer.length || hash('sha256', footer, 'hex') !== footerSha256)
      throw wrong('its footer is not the one that the ledger remembers');
  } finally {
    await file.close();
  }
}
