import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import type { FileSystem } from '../../../src/archive/disk/file-system.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import type { HotReader } from '../../../src/hot/hot-store.ts';
import type { Clock } from '../../../src/model/clock.ts';
import type { BucketState } from '../s3/model/bucket-state.ts';
import { watchedFetch } from '../s3/model/model-fetch.ts';
import { type RawRequest, S3Model } from '../s3/model/s3-model.ts';
import { openModelArchive } from '../s3/open-model-archive.ts';
import { openBystander } from './cells.ts';
import { interceptCalls } from './disk/intercepted-calls.ts';
import { CHANGING, interceptFileSystem } from './disk/intercepted-file-system.ts';
import type { SimulatedDisk } from './disk/simulated-disk.ts';
import { HOT_READS, LEDGER_READS } from './stopper.ts';

/** A database file as one commit left it. */
export interface DatabaseImage {
  readonly bytes: Uint8Array;
  /** Equal only for databases that hold the same. */
  readonly print: string;
}

/** Database and disk between two actions of a program: what is there when it is killed just then. */
export interface Moment {
  /** What had just been done. */
  readonly action: string;
  /** The database as the last durable commit left it, and as each later one did: a power cut leaves one of them, a kill the last. */
  readonly commits: readonly DatabaseImage[];
  readonly disk: SimulatedDisk;
  /** Where the archive is; null when it is on the disk. */
  readonly bucket: BucketState | null;
  /** The request that had just changed the bucket. */
  readonly request?: RawRequest;
  /** A request of a killed run that the bucket carries out when so many requests of this run have been answered, or when it ends. */
  readonly inFlight?: { readonly request: RawRequest; readonly after: number };
}

/** Where a program works: a database file, a disk, an archive on it or in a bucket, and the stores' calls watched. */
export interface World {
  readonly databasePath: string;
  readonly fileSystem: FileSystem;
  hot<S extends HotReader>(store: S): S;
  archive(clock: Clock): ArchiveStore;
}

/** What a program that came to its end left. */
export interface Left {
  readonly databasePath: string;
  readonly disk: SimulatedDisk;
  readonly bucket: BucketState | null;
}

export type Program = (world: World) => Promise<void>;

/** Where the archive is on a simulated disk. */
export const ARCHIVE = '/archive';

/** A folder for files whose loss nobody minds, in memory where there is such a place. */
export function volatileFolder(): string {
  // TMPDIR is where whoever started the tests clears up behind them.
  const memory = process.env.TMPDIR === undefined && existsSync('/dev/shm');
  return mkdtempSync(join(memory ? '/dev/shm' : tmpdir(), 'firn-trial-'));
}

/**
 * Runs a program from a moment on, undisturbed, and returns every moment of it, the first and the last included: after each system call
 * that changed the disk, each request that changed the bucket, and each commit. A durable commit counts twice, as a kill may come before it is durable. The given moment stays as it is.
 * `after` then looks at what is there.
 */
export async function record(
  from: Moment,
  program: Program,
  after: (left: Left, last: Moment) => Promise<void> = async () => undefined,
): Promise<Moment[]> {
  const folder = volatileFolder();
  const databasePath = join(folder, 'a.db');
  writeFileSync(databasePath, from.commits.at(-1)!.bytes);
  const disk = from.disk.fork();
  const model = from.bucket === null ? null : modelOf(from.bucket);
  try {
    const moments = [from];
    const camera = new Camera(databasePath, from.commits.at(-1)!, disk);
    const note = (action: string, changed: Partial<Moment>): void => {
      const { commits, disk: before, bucket } = moments.at(-1)!;
      moments.push({ commits, disk: before, bucket, action, ...changed });
    };
    const noteOthers = (): void => {
      const image = camera.databaseNow();
      if (image !== null) note('a commit of others', { commits: [...moments.at(-1)!.commits, image] });
    };
    const calls = {
      disposes: () => true,
      around: async <T>(call: string, changes: boolean, run: () => Promise<T>): Promise<T> => {
        noteOthers();
        const result = await run();
        const image = changes ? camera.databaseNow() : null;
        const { commits } = moments.at(-1)!;
        if (image !== null) note(call, { commits: [...commits, image] });
        // Also a commit that changed nothing that we can see makes those before it durable.
        const lasting = call.startsWith('ledger.') || !camera.writesAhead;
        const durable = lasting && changes && moments.at(-1)!.commits.length > 1;
        if (durable) note(`${call}, durable`, { commits: moments.at(-1)!.commits.slice(-1) });
        return result;
      },
    };
    const fileSystem = interceptFileSystem(disk, {
      around: async (action, path, run) => {
        noteOthers();
        const result = await run();
        if (CHANGING.has(action) && camera.diskMoved()) note(`${action} ${path}`, { disk: camera.diskNow() });
        return result;
      },
    });
    const world: World = {
      ...{ databasePath, fileSystem },
      archive: (clock) =>
        model === null
          ? openFolder(ARCHIVE, fileSystem)
          : openModelArchive(model, {
              ...{ clock, fileSystem },
              fetch: watchedFetch(model, from.inFlight ?? null, (action, request) => {
                noteOthers();
                note(action, { bucket: model.state.copy(), request });
              }),
            }),
      hot: (store) =>
        interceptCalls(store, {
          ...{ name: 'hot', reads: HOT_READS, ...calls },
          wrap: (member, value) =>
            member === 'ledger'
              ? interceptCalls(value as object, { name: 'ledger', reads: LEDGER_READS, ...calls })
              : value,
        }),
    };
    try {
      await program(world);
      if (from.inFlight !== undefined) {
        model!.handle(from.inFlight.request);
        note('a request arrives late', { bucket: model!.state.copy() });
      }
    } finally {
      camera.close();
    }
    await after({ databasePath, disk, bucket: model?.state ?? null }, moments.at(-1)!);
    return moments;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first moment: a finished database file and a disk. */
export function momentOf(
  databasePath: string,
  disk: SimulatedDisk,
  bucket: BucketState | null = null,
): Moment {
  using database = openBystander(databasePath);
  return { action: 'the start', commits: [imageOf(database, databasePath)], disk, bucket };
}

function modelOf(bucket: BucketState): S3Model {
  const model = new S3Model(bucket.kind);
  model.state = bucket.copy();
  return model;
}

/** Sees what changed since it last looked. */
class Camera {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #disk: SimulatedDisk;
  /** Whether the database is in WAL mode, in which drains need not be durable when they return. */
  readonly writesAhead: boolean;
  #databasePrint: string;
  #seen: unknown;
  #diskPrint: string;

  constructor(path: string, { print }: DatabaseImage, disk: SimulatedDisk) {
    this.#path = path;
    this.#database = openBystander(path);
    this.#disk = disk;
    this.writesAhead = this.#database.prepare('PRAGMA journal_mode').get()!.journal_mode === 'wal';
    this.#databasePrint = print;
    this.#diskPrint = disk.print(true);
  }

  databaseNow(): DatabaseImage | null {
    const version = this.#version();
    if (version === this.#seen) return null;
    this.#seen = version;
    if (contentOf(this.#database) === this.#databasePrint) return null;
    const image = imageOf(this.#database, this.#path);
    this.#databasePrint = image.print;
    return image;
  }

  /** Another number after each commit of another connection. */
  #version(): unknown {
    return this.#database.prepare('PRAGMA data_version').get()!.data_version;
  }

  diskMoved(): boolean {
    const print = this.#disk.print(true);
    const moved = print !== this.#diskPrint;
    this.#diskPrint = print;
    return moved;
  }

  diskNow(): SimulatedDisk {
    return this.#disk.fork();
  }

  close(): void {
    this.#database.close();
  }
}

/** What durability means is modelled by `Moment.commits`, so that moving everything into the main file here changes nothing. */
function imageOf(database: DatabaseSync, path: string): DatabaseImage {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return { bytes: readFileSync(path), print: contentOf(database) };
}

function contentOf(database: DatabaseSync): string {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => String(name));
  return tables
    .map((table) => {
      const columns = database
        .prepare('SELECT name FROM pragma_table_info(?)')
        .all(table)
        .map(({ name }) => (table.startsWith('_firn_') ? `quote("${String(name)}")` : exact(String(name))));
      const { rows } = database
        .prepare(`SELECT group_concat(${columns.join(" || ',' || ")}, ';') AS rows FROM "${table}"`)
        .get() as { rows: string | null };
      return `${table}: ${rows}`;
    })
    .join('\n');
}

function exact(column: string): string {
  return `typeof("${column}") || hex("${column}")`;
}
