import { hash } from 'node:crypto';
import { decodeIndex, type LookupIndex } from '../../format/match/lookup-index.ts';
import { FirnError, ifThere } from '../../model/errors.ts';
import { sizes } from '../../model/sizes.ts';
import { INDEX_FILE } from '../archive-path.ts';
import type { ArchiveStore } from '../archive-store.ts';

/**
 * The index that the ledger's record names; null when there is none, or when the file is not exactly that one: what is damaged, older, foreign
 * or made up counts as not there.
 * @param digest hexadecimal SHA-256 of the file.
 */
export async function readIndex(archive: ArchiveStore, digest: string): Promise<LookupIndex | null> {
  try {
    await using file = await archive.open(INDEX_FILE);
    if (file.bytes > 2 * sizes.indexedBytes) return null;
    const bytes = await file.read(0, file.bytes);
    return hash('sha256', bytes, 'hex') === digest ? decodeIndex(bytes) : null;
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    return null;
  }
}

/** Whether there is such a file, whatever it holds. */
export async function hasIndex(archive: ArchiveStore): Promise<boolean> {
  await using file = await ifThere(archive.open(INDEX_FILE));
  return file !== null;
}

/** Writes the index in the place of the one before, atomically and durably. Returns its hexadecimal SHA-256. */
export async function writeIndex(archive: ArchiveStore, content: Uint8Array): Promise<string> {
  const file = await archive.create(INDEX_FILE);
  try {
    await file.write(content);
    await file.sync();
    await file.replace();
  } finally {
    await file.abandon();
  }
  return hash('sha256', content, 'hex');
}
