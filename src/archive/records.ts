import { hash } from 'node:crypto';
import { FirnError } from '../model/errors.ts';
import type { ArchiveStore } from './archive-store.ts';

/** The folders of records: what must outlive the database, beside the tiers. */
export const RECORD_FOLDERS = ['journal', 'erasures'] as const;
export type RecordFolder = (typeof RECORD_FOLDERS)[number];

/** An immutable JSON file of the archive. */
export interface ArchiveRecord {
  readonly path: string;
  /** What the file holds, not yet checked: see `readRecords`. */
  readonly value: unknown;
}

/** The records of one folder in the order of their times, and the files there that are none. */
export interface ArchiveRecords {
  readonly records: readonly ArchiveRecord[];
  /** Records whose bytes are not those that were written. */
  readonly damaged: readonly { readonly path: string; readonly why: string }[];
}

const NAME = /^(\d{8}T\d{9}Z)-([0-9a-f]{16})(?:\.[1-9]\d?)?\.json$/;
/** Records are small; a larger file is not read into memory. */
const LARGEST = 64 << 20;

/** Whether the path is one that `writeRecord` gives. */
export function isRecordPath(path: string): boolean {
  const [folder, name, ...more] = path.split('/');
  return more.length === 0 && RECORD_FOLDERS.some((own) => own === folder) && NAME.test(name ?? '');
}

/**
 * Writes a record, durable when this returns, and returns its path. A record is never changed or removed. Its name is made of its time and
 * of the digest of its bytes, so that the same record written again (by a run that repeats a step) is the same file.
 * @param at UTC ISO 8601: the time of what is recorded.
 * @param value JSON; what reads it must check it, as with every file.
 */
export async function writeRecord(
  archive: ArchiveStore,
  folder: RecordFolder,
  at: string,
  value: object,
): Promise<string> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const time = new Date(at).toISOString().replace(/[-:.]/g, '');
  const stem = `${folder}/${time}-${digestOf(bytes)}`;
  for (let copy = 1; ; copy++) {
    const path = copy === 1 ? `${stem}.json` : `${stem}.${copy}.json`;
    if (await publishOnce(archive, path, bytes)) return path;
  }
}

/** False when another content has the name: a damaged record, which stays as it is. */
async function publishOnce(archive: ArchiveStore, path: string, bytes: Uint8Array): Promise<boolean> {
  const file = await archive.create(path);
  try {
    await file.write(bytes);
    await file.sync();
    await file.publish();
    return true;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
    const present = await readWhole(archive, path);
    if (present === null) throw error;
    if (!Buffer.from(present).equals(bytes)) return false;
    // The process that wrote it may have died before its name was durable.
    await archive.settle(path);
    return true;
  } finally {
    await file.abandon();
  }
}

/** Reads every record of a folder. Files with other names are left out: `isRecordPath` tells them. */
export async function readRecords(archive: ArchiveStore, folder: RecordFolder): Promise<ArchiveRecords> {
  const records: ArchiveRecord[] = [];
  const damaged: { path: string; why: string }[] = [];
  const paths = (await archive.list(folder)).map(({ path }) => path).filter(isRecordPath);
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const batch = paths.slice(from, from + AT_ONCE);
    const read = await Promise.all(batch.map((path) => readOne(archive, path)));
    for (const one of read) {
      if ('why' in one) damaged.push(one);
      else records.push(one);
    }
  }
  return { records, damaged };
}

/** Files that are read at once. */
const AT_ONCE = 16;

async function readOne(
  archive: ArchiveStore,
  path: string,
): Promise<ArchiveRecord | { readonly path: string; readonly why: string }> {
  const bytes = await readWhole(archive, path);
  if (bytes === null) return { path, why: 'it cannot be read' };
  const [, , digest] = NAME.exec(path.slice(path.indexOf('/') + 1))!;
  if (digestOf(bytes) !== digest) return { path, why: 'its checksum is wrong' };
  try {
    return { path, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return { path, why: 'it is not valid JSON' };
  }
}

/** Null for what is no file, too large for a record or cut off. */
async function readWhole(archive: ArchiveStore, path: string): Promise<Uint8Array | null> {
  try {
    await using file = await archive.open(path);
    return file.bytes > LARGEST ? null : await file.read(0, file.bytes);
  } catch (error) {
    if (error instanceof FirnError && (error.code === 'integrity' || error.code === 'not_found')) return null;
    throw error;
  }
}

function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16);
}
