import type { ArchiveFileReader } from './read-archive-file.ts';
import type { ArchiveFileSettings, ArchiveFileWriter } from './write-archive-file.ts';

// What reads and writes files is loaded with the first call, so that a program that imports Firn starts quickly.

/**
 * Opens an archive file. No database and no configuration is needed.
 * @param path a file of the warm tier (`….jsonl.gz`, `….jsonl.zst` or `….jsonl`), or a bundle of the cold tier (`….tar.gz`).
 * @param segment of a bundle: the file in it, as `archiveFileSegments` names it.
 * @throws FirnError `not_found` when there is no such file, `integrity` when it is damaged, `refused` when a later version of Firn wrote it.
 */
export async function openArchiveFile(path: string, segment?: string): Promise<ArchiveFileReader> {
  const { openFileReader } = await import('./read-archive-file.ts');
  return await openFileReader(path, segment);
}

/** The names of the files in a bundle; of a file of the warm tier, its own. */
export async function archiveFileSegments(path: string): Promise<readonly string[]> {
  const { segmentsInFile } = await import('./read-archive-file.ts');
  return await segmentsInFile(path);
}

/**
 * Creates an archive file in Firn's format. It is a file of its own: no archive and no database knows it. Memory is bounded however many rows it gets.
 * @param path the new file; its folder must exist.
 * @throws FirnError `refused` when there is such a file already, `usage` for settings that do not fit together.
 */
export async function createArchiveFile(
  path: string,
  settings: ArchiveFileSettings,
): Promise<ArchiveFileWriter> {
  const { openFileWriter } = await import('./write-archive-file.ts');
  return await openFileWriter(path, settings);
}
