import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveStore } from '../archive/archive-store.ts';
import type { LakeFile } from '../format/lake/lake-file.ts';
import { FirnError } from '../model/errors.ts';
import { sizes } from '../model/sizes.ts';

/**
 * The path of a local copy of a lake file, which is downloaded when it is not there yet. Its name is its SHA-256, which was compared.
 * @throws FirnError `integrity` when the file is not the recorded one, `not_found` when it is not there.
 */
export async function downloadLakeFile(
  archive: ArchiveStore,
  { path, bytes, sha256 }: LakeFile,
  folder: string,
): Promise<string> {
  const target = join(folder, `${sha256}.parquet`);
  const present = await stat(target).catch(() => null);
  if (present?.size === bytes) return target;
  await using source = await archive.open(path);
  const temporary = join(folder, `${randomBytes(8).toString('hex')}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    const digest = createHash('sha256');
    for (let at = 0; at < source.bytes; at += sizes.rangeBytes) {
      const part = await source.read(at, Math.min(sizes.rangeBytes, source.bytes - at));
      digest.update(part);
      await file.appendFile(part);
    }
    if (digest.digest('hex') !== sha256) {
      throw new FirnError('integrity', 'its bytes are not those that the ledger remembers', {
        ...{ operation: 'download a lake file', path },
        hint: 'Run: firn lake rebuild',
      });
    }
    await file.close();
    await rename(temporary, target);
    return target;
  } finally {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
  }
}
