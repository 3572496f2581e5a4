import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Workspace } from './fixtures.ts';

const WRITER = fileURLToPath(new URL('./children/insert-steadily.ts', import.meta.url));
const ARCHIVER = fileURLToPath(new URL('./children/archive-watched.ts', import.meta.url));
const LOOK_AT_WAL_MS = 20;

/** Times are milliseconds since 1970, of one machine's clock. */
export interface Inserts {
  readonly at: readonly number[];
  /** How long each insert took. */
  readonly ms: readonly number[];
  /** Gave up after the busy timeout. */
  readonly failed: number;
}

/** How many rows had left when. */
export interface Drained {
  readonly at: readonly number[];
  readonly rows: readonly number[];
}

export interface Beside {
  readonly inserts: Inserts;
  readonly drained: Drained;
  readonly archiverStarted: number;
  readonly archiverEnded: number;
  readonly writerStopped: number;
  /** The largest the write-ahead log was seen, in bytes, beside the writer and after it; 0 in other journal modes. */
  readonly peakWal: { readonly beside: number; readonly after: number };
}

/** The archiver with nobody beside it. */
export async function archiveAlone(work: Workspace): Promise<Drained> {
  return await startArchiver(work, () => undefined);
}

/** A writer alone for a while, then an archiver beside it, then the archiver alone again. */
export async function archiveBesideWriter(
  work: Workspace,
  { aloneMs, besideMs }: { readonly aloneMs: number; readonly besideMs: number },
): Promise<Beside> {
  const stopFile = join(work.folder, 'stop');
  const begun = Promise.withResolvers<void>();
  const writer = lastLine<Inserts>([WRITER, work.database, stopFile], begun.resolve);
  // Its failure is reported where its answer is waited for.
  writer.catch(() => undefined);
  await Promise.race([begun.promise.then(() => delay(aloneMs)), writer]);
  let writerStopped = Number.POSITIVE_INFINITY;
  const wal = watchWal(work.database);
  const stopWriter = (): void => {
    if (writerStopped !== Number.POSITIVE_INFINITY) return;
    writeFileSync(stopFile, '');
    writerStopped = Date.now();
    wal.writerStopped();
  };
  const archiverStarted = Date.now();
  let timer: NodeJS.Timeout | undefined;
  try {
    const drained = await startArchiver(work, () => {
      timer = setTimeout(stopWriter, besideMs);
    });
    const archiverEnded = Date.now();
    clearTimeout(timer);
    stopWriter();
    const inserts = await writer;
    return { inserts, drained, archiverStarted, archiverEnded, writerStopped, peakWal: wal.stop() };
  } finally {
    wal.stop();
    clearTimeout(timer);
    stopWriter();
    // The database goes with the workspace: not before the writer has let go of it.
    await writer.catch(() => undefined);
  }
}

async function startArchiver(work: Workspace, onFirst: () => void): Promise<Drained> {
  return await lastLine<Drained>([ARCHIVER, work.database, work.archives], onFirst);
}

/** Runs a script of Node; the last line that it prints is its answer as JSON. */
async function lastLine<T>(script: readonly string[], onFirst: () => void): Promise<T> {
  const child = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  let last: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (last === undefined) onFirst();
    last = line;
  }
  const [code, signal] = await ended;
  if (code !== 0 || last === undefined) throw new Error(`${script[0]} failed with ${code ?? signal}`);
  return JSON.parse(last) as T;
}

function watchWal(database: string): { writerStopped(): void; stop(): Beside['peakWal'] } {
  const peak = { beside: 0, after: 0 };
  let when: keyof typeof peak = 'beside';
  const look = (): void => {
    peak[when] = Math.max(peak[when], statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  };
  const timer = setInterval(look, LOOK_AT_WAL_MS);
  return {
    writerStopped: () => {
      look();
      when = 'after';
    },
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
}
