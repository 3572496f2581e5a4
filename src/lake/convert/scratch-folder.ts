import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new private folder for lines and Parquet files that are being made. What an earlier run of this database left there is removed: it may hold rows
 * that were erased since.
 * @param owner the location of the database, whose run lock is held.
 */
export function makeScratchFolder(owner: string): string {
  const folder = join(tmpdir(), `firn-lake-${hash('sha256', owner, 'hex').slice(0, 16)}`);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return realpathSync(folder);
  } catch {
    // Somebody else has the name.
    return realpathSync(mkdtempSync(`${folder}-`));
  }
}
