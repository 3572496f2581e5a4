import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, of a fixed size; or why there is none, for tests that must then skip loudly. */
export type Tmpfs =
  | { readonly folder: string; readonly unmount: () => void }
  | { readonly folder: null; readonly reason: string };

/** Mounts a tmpfs of `bytes` bytes (rounded up to whole pages). Needs root. */
export function mountTmpfs(bytes: number): Tmpfs {
  const folder = mkdtempSync(join(tmpdir(), 'firn-tmpfs-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmdirSync(folder);
    return {
      folder: null,
      reason: `cannot mount a tmpfs: ${(error as Error).message.split('\n').join(' ')}`,
    };
  }
  return {
    folder,
    unmount: () => {
      execFileSync('umount', [folder], { stdio: 'pipe' });
      rmdirSync(folder);
    },
  };
}
