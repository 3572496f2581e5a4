import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { FrozenFile } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import type { LakeFile } from '../../format/lake/lake-file.ts';
import type { Ledger } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import type { ErasureOrder } from '../../model/erasure.ts';
import { FirnError } from '../../model/errors.ts';
import { earliest, latest } from '../../model/instant.ts';
import { sizes } from '../../model/sizes.ts';
import type { Stop } from '../../model/stop.ts';
import { type Converted, LakeConverter } from '../convert/lake-converter.ts';
import { LAKE_RULES } from '../lake-of.ts';
import { isMade, type WantedFile, wantedFiles } from './lake-plan.ts';
import { type LakePlace, leaveFiles } from './leave-files.ts';

export interface FillPlace extends LakePlace {
  readonly ledger: LakePlace['ledger'] & Pick<Ledger, 'receipts'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Asked between two files. */
  readonly stop: Stop;
  /** Of the archive and of the database. */
  readonly orders: () => Promise<readonly ErasureOrder[]>;
  /** The location of the database. */
  readonly owner: string;
  /** Told after each file. */
  readonly onFile?: (done: number, total: number) => void;
}

export interface LakeFilled {
  readonly files: number;
  readonly rows: number;
  /** Of the Parquet files. */
  readonly bytes: number;
  /** Files that could not be made, and why. Their segments are whole, and are read instead. */
  readonly problems: readonly { readonly path: string; readonly why: string }[];
  /** Files that are still to be made, because the run was told to stop or cannot write. */
  readonly left: number;
}

/**
 * Makes the files that the lake lacks, and then removes those that they take the place of. Each file is recorded before it gets its name and after,
 * so that a run that is killed leaves no file that nobody accounts for. Throws for nothing: the lake is derived, and keeps no run from its work.
 */
export async function fillLake(place: FillPlace): Promise<LakeFilled> {
  const problems: { path: string; why: string }[] = [];
  const done = { files: 0, rows: 0, bytes: 0 };
  let left = 0;
  try {
    if ((await awayTiers(place.archive)).size > 0) return { ...done, problems, left };
    const wanted = wantedFiles(await place.ledger.receipts());
    const records = new Map((await place.ledger.lakeFiles()).map((record) => [record.path, record]));
    const missing = wanted.filter((file) => !isMade(file, records.get(file.path)));
    left = missing.length;
    if (left > 0) {
      await using converter = new LakeConverter({
        ...{ archive: place.archive, orders: await place.orders(), owner: place.owner },
      });
      for (const file of missing) {
        if (place.stop() !== null) break;
        try {
          const made = await makeFile(place, converter, file);
          done.files++;
          done.rows += made.rows;
          done.bytes += made.bytes;
        } catch (error) {
          // A bundle in a frozen storage class: the files of its days stay, and serve as well.
          if (error instanceof FrozenFile) continue;
          problems.push({ path: file.path, why: whyNot(error) });
          if (concernsAll(error)) break;
        }
        left--;
        place.onFile?.(done.files, missing.length);
      }
    }
    await leaveFiles(place, await superseded(place, wanted));
  } catch (error) {
    problems.push({ path: 'lake', why: whyNot(error) });
  }
  return { ...done, problems, left };
}

async function makeFile(place: FillPlace, converter: LakeConverter, wanted: WantedFile): Promise<LakeFile> {
  const converted = await converter.convert(wanted);
  try {
    const record = recordOf(place, wanted, converted);
    await place.ledger.recordLake([{ ...record, state: 'writing' }]);
    await publish(place, record, converted.localPath);
    await place.ledger.recordLake([record]);
    return record;
  } finally {
    rmSync(converted.localPath, { force: true });
  }
}

function recordOf(
  { clock }: FillPlace,
  { path, table, period, segments }: WantedFile,
  made: Converted,
): LakeFile {
  const { rows, exactRows, bytes, sha256, footerSha256, schema } = made;
  const [first, ...others] = segments as [WantedFile['segments'][0], ...WantedFile['segments']];
  return {
    ...{ path, table, period, state: 'whole', rows, exactRows, bytes, sha256, footerSha256 },
    segments: segments.map(({ segment, digest }) => ({ name: segment, seal: digest })),
    minTime: earliest(first.minTime, ...others.map(({ minTime }) => minTime)),
    maxTime: latest(first.maxTime, ...others.map(({ maxTime }) => maxTime)),
    ...{ columns: schema.columns, rules: LAKE_RULES, writtenAt: new Date(clock.now()).toISOString() },
  };
}

async function publish({ archive }: FillPlace, { path, bytes }: LakeFile, localPath: string): Promise<void> {
  const pending = await archive.create(path);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => pending.abandon());
  const local = opened.use(await open(localPath, 'r'));
  const piece = Buffer.alloc(Math.min(sizes.hashedBytes, Math.max(bytes, 1)));
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await local.read(piece, 0, piece.length, at);
    await pending.write(new Uint8Array(piece.subarray(0, bytesRead)));
    at += bytesRead;
  }
  await pending.sync();
  await pending.publish();
}

/** Whole files that the lake is not to have, all of whose rows are in files that it has. */
async function superseded({ ledger }: FillPlace, wanted: readonly WantedFile[]): Promise<LakeFile[]> {
  const records = await ledger.lakeFiles();
  const known = new Map(records.map((record) => [record.path, record]));
  const made = wanted.filter((file) => isMade(file, known.get(file.path)));
  const paths = new Set(made.map(({ path }) => path));
  const covered = new Set(made.flatMap(({ segments }) => segments.map(({ segment }) => segment)));
  return records.filter(
    ({ path, segments }) => !paths.has(path) && segments.every(({ name }) => covered.has(name)),
  );
}

/** A failure of the disk or the server, which the next file would meet too. */
function concernsAll(error: unknown): boolean {
  return !(error instanceof FirnError) || ['io', 'unavailable', 'database'].includes(error.code);
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
