import { FirnError } from '../model/errors.ts';
import type { Milliseconds } from '../model/instant.ts';

/** What one hot store can do and another cannot. Callers ask here, and never by scheme, class or a look at a file. */
export interface HotCapabilities {
  /** Disk space of deleted rows can be given back: `HotDisk` exists. */
  readonly reclaim: boolean;
  /** The database file. Null for a database elsewhere: its owner, permissions, disk and neighbours are not looked at then. */
  readonly localPath: string | null;
  /**
   * The bytes of an erased row are overwritten where they stand, in the same transaction; a log of the database may hold them until it is
   * written over. Otherwise the database keeps them until it cleans up by itself.
   */
  readonly erasesInPlace: boolean;
}

/** @throws FirnError `refused` where no disk space can be given back. */
export function requireReclaim({ reclaim }: Pick<HotCapabilities, 'reclaim'>, location: string): void {
  if (reclaim) return;
  throw new FirnError('refused', 'this kind of database manages its disk space itself', {
    operation: 'shrink the database',
    path: location,
    hint: 'There is nothing to do: new rows use the space of deleted rows.',
  });
}

/** What the pace of write transactions depends on. */
export interface BesideOthers {
  /** How long a transaction may hold the write lock while others write, and one that is durable when it returns. The store leaves gaps between them. */
  readonly gentleHoldMs: { readonly plain: Milliseconds; readonly durable: Milliseconds };
  /** True when another connection committed since the last call. */
  othersWrote(): Promise<boolean>;
}
