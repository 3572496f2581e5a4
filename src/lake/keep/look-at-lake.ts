import { createHash } from 'node:crypto';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { listFiles } from '../../archive/listed-files.ts';
import type { LakeFile } from '../../format/lake/lake-file.ts';
import { LAKE } from '../../format/lake/lake-path.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { foldWord } from '../../model/names.ts';
import { sizes } from '../../model/sizes.ts';
import { type Stop, stopIfTold } from '../../model/stop.ts';
import { parquetFooter } from '../convert/parquet-file.ts';
import type { LakeProblem } from '../lake-of.ts';
import { isMade, type WantedFile, wantedFiles } from './lake-plan.ts';

/** How much of a table's archived rows the lake has. */
export interface LakeTable {
  readonly table: string;
  /** Archived segments and their rows, and how many of them are in files of the lake. */
  readonly segments: number;
  readonly segmentsInLake: number;
  readonly rows: number;
  readonly rowsInLake: number;
  readonly files: number;
  readonly bytes: number;
}

export interface LakeLook {
  /** By name. */
  readonly tables: readonly LakeTable[];
  /** Files that the ledger lists and that are not as it says. */
  readonly problems: readonly LakeProblem[];
  /** Files in the folder of the lake that the ledger does not know: they are left as they are. */
  readonly unknown: readonly string[];
}

export interface LookPlace {
  readonly ledger: Pick<LedgerReader, 'receipts' | 'lakeFiles'>;
  readonly archive: ArchiveStore;
}

/** Compares the lake with the ledger, by names and sizes. Reads no file, and changes nothing. */
export async function lookAtLake({ ledger, archive }: LookPlace): Promise<LakeLook> {
  const wanted = wantedFiles(await ledger.receipts());
  const records = new Map((await ledger.lakeFiles()).map((record) => [record.path, record]));
  const isAway = (await awayTiers(archive)).has('warm');
  const listed = new Map(
    (isAway ? [] : await listFiles(archive, LAKE)).map(({ path, bytes }) => [path, bytes]),
  );
  const problems: LakeProblem[] = [];
  for (const { path, table, state, bytes } of records.values()) {
    const found = listed.get(path);
    if (state !== 'whole' || found === bytes) continue;
    const why = isAway
      ? 'the location of the warm archives is away'
      : found === undefined
        ? 'the file is missing'
        : `the file has ${found} bytes, but the ledger lists ${bytes}`;
    problems.push({ path, table, why });
  }
  const wrong = new Set(problems.map(({ path }) => path));
  const there = (file: WantedFile): LakeFile | null => {
    const record = records.get(file.path);
    return isMade(file, record) && !wrong.has(file.path) ? record! : null;
  };
  const byTable = Map.groupBy(wanted, ({ table }) => foldWord(table));
  return {
    tables: [...byTable.values()].map((files) => tableOf(files, there)),
    problems,
    unknown: [...listed.keys()].filter((path) => !records.has(path)),
  };
}

/** Reads every byte of every file that the ledger lists, and compares it with its record. Returns what is wrong, and how much was read. */
export async function verifyLake(
  place: LookPlace,
  stop: Stop,
  onFile: (done: number, total: number, bytes: number) => void = () => undefined,
): Promise<{ readonly files: number; readonly bytes: number; readonly problems: readonly LakeProblem[] }> {
  const problems: LakeProblem[] = [];
  let [files, bytes] = [0, 0];
  const whole = (await place.ledger.lakeFiles()).filter(({ state }) => state === 'whole');
  for (const record of whole) {
    stopIfTold(stop, { operation: 'verify the lake' });
    const why = await whatIsWrong(place.archive, record);
    files++;
    bytes += record.bytes;
    onFile(files, whole.length, bytes);
    if (why !== null) problems.push({ path: record.path, table: record.table, why });
  }
  return { files, bytes, problems };
}

async function whatIsWrong(archive: ArchiveStore, record: LakeFile): Promise<string | null> {
  try {
    await using file = await archive.open(record.path);
    if (file.bytes !== record.bytes)
      return `the file has ${file.bytes} bytes, but the ledger lists ${record.bytes}`;
    const digest = createHash('sha256');
    for (let at = 0; at < file.bytes; at += sizes.readBackBytes)
      digest.update(await file.read(at, Math.min(sizes.readBackBytes, file.bytes - at)));
    if (digest.digest('hex') !== record.sha256) return 'its SHA-256 differs from that in the ledger';
    const footer = await parquetFooter(file);
    const said = footer?.metadata?.segments ?? [];
    const isSame = JSON.stringify(said) === JSON.stringify(record.segments) && footer?.rows === record.rows;
    return isSame ? null : 'its metadata has other segments or rows than the ledger';
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    return error.message;
  }
}

function tableOf(files: readonly WantedFile[], there: (file: WantedFile) => LakeFile | null): LakeTable {
  const made = files.flatMap((file) => {
    const record = there(file);
    return record === null ? [] : [record];
  });
  const segments = files.flatMap((file) => file.segments);
  return {
    table: files[0]!.table,
    segments: segments.length,
    segmentsInLake: made.reduce((sum, record) => sum + record.segments.length, 0),
    rows: segments.reduce((sum, { rows }) => sum + rows, 0),
    rowsInLake: made.reduce((sum, { rows }) => sum + rows, 0),
    files: made.length,
    bytes: made.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
