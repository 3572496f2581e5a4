import { QUARANTINE } from '../archive-path.ts';

/** The folders that are at the location of the cold tier. */
export const COLD_FOLDERS: readonly string[] = ['cold', `${QUARANTINE}/cold`];

/** Whether a path is at the location of the cold tier: a bundle, or what was moved out of the way there. */
export function isColdPath(path: string): boolean {
  return COLD_FOLDERS.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
