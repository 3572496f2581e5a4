/** How the blocks of an archive file are compressed: gzip members, Zstandard frames, or not at all. */
export type Compression = 'gzip' | 'zstd' | 'none';

export const COMPRESSIONS: readonly ['gzip', 'zstd', 'none'] = ['gzip', 'zstd', 'none'];

/** How hard a block is compressed, where nothing else is configured. For gzip: docs/decisions/0070-deflate-level.md. */
export const DEFAULT_LEVEL = { gzip: 5, zstd: 3 } as const;

export function isLevel(level: number): boolean {
  return Number.isInteger(level) && level >= 1 && level <= 9;
}
