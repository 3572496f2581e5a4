import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Workspace } from './fixtures.ts';

const WRITER = fileURLToPath(new URL('./children/insert-steadily.ts', import.meta.url));
const PYTHON_WRITER = fileURLToPath(new URL('./children/insert_steadily.py', import.meta.url));
const ARCHIVER = fileURLToPath(new URL('./children/archive-watched.ts', import.meta.url));
const LOOK_AT_WAL_MS = 20;

/** Times are milliseconds since 1970, of one machine's clock. */
export interface Inserts {
  readonly at: readonly number[];
  /** How long each insert took. */
  readonly ms: readonly number[];
  /** Refused: the database was locked for as long as the busy timeout. */
  readonly failed: number;
}

/** How many rows had left when. */
export interface Drained {
  readonly at: readonly number[];
  readonly rows: readonly number[];
  /** Of each write transaction: how long the lock was held and waited for, and when it ended. */
  readonly heldMs: readonly number[];
  readonly waitedMs: readonly number[];
  readonly heldAt: readonly number[];
}

export interface Beside {
  /** Of each writer. */
  readonly inserts: readonly Inserts[];
  readonly drained: Drained;
  readonly archiverStarted: number;
  readonly archiverEnded: number;
  readonly writerStopped: number;
  /** The largest the write-ahead log was seen, in bytes, beside the writer and after it; 0 in other journal modes. */
  readonly peakWal: { readonly beside: number; readonly after: number };
}

/** Who writes beside the run: how many programs, in which language, and how long each waits for a lock. */
export interface Writers {
  readonly count: number;
  readonly language: 'Node.js' | 'Python';
  readonly busyTimeoutMs: number;
}

/** The archiver with nobody beside it. */
export async function archiveAlone(work: Workspace): Promise<Drained> {
  return await startArchiver(work, () => undefined);
}

/** Writers alone for a while, then an archiver beside them, then the archiver alone again, unless it is to end with them. */
export async function archiveBesideWriter(
  work: Workspace,
  writers: Writers,
  {
    aloneMs,
    besideMs,
    toTheEnd,
  }: { readonly aloneMs: number; readonly besideMs: number; readonly toTheEnd: boolean },
): Promise<Beside> {
  const stopFile = join(work.folder, 'stop');
  const begun = Promise.withResolvers<void>();
  let timing = 0;
  const writer = Promise.all(
    Array.from({ length: writers.count }, (_, at) =>
      lastLine<Inserts>(...commandOf(writers, work.database, stopFile, at), () => {
        if (++timing === writers.count) begun.resolve();
      }),
    ),
  );
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
    const onFirst = (): void => {
      timer = setTimeout(stopWriter, besideMs);
    };
    const drained = await startArchiver(work, onFirst, toTheEnd ? [] : [stopFile]);
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

async function startArchiver(
  work: Workspace,
  onFirst: () => void,
  more: readonly string[] = [],
): Promise<Drained> {
  return await lastLine<Drained>(
    process.execPath,
    [ARCHIVER, work.database, work.archives, ...more],
    onFirst,
  );
}

function commandOf(
  { language, busyTimeoutMs }: Writers,
  database: string,
  stopFile: string,
  at: number,
): [program: string, args: readonly string[]] {
  if (language === 'Python') return ['python3', [PYTHON_WRITER, database, stopFile]];
  return [process.execPath, [WRITER, database, stopFile, String(at + 2), String(busyTimeoutMs)]];
}

/** Runs a program; the last line that it prints is its answer as JSON. */
async function lastLine<T>(program: string, args: readonly string[], onFirst: () => void): Promise<T> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  let last: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (last === undefined) onFirst();
    last = line;
  }
  const [code, signal] = await ended;
  if (code !== 0 || last === undefined) throw new Error(`${args[0]} failed with ${code ?? signal}`);
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
