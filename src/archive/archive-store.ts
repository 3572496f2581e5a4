import type { ReadUse } from '../format/segment/segment.ts';
import type { LockHolder } from '../lock/lock-holder.ts';
import { type ErrorDetails, FirnError } from '../model/errors.ts';
import type { Traffic } from './traffic.ts';

/** Where sealed files live. Paths are relative, with `/`: `warm/2026-01-16/tool_uses.jsonl.gz`. */
export interface ArchiveStore {
  /** For messages: the folder or address. */
  readonly location: string;
  /** What was asked of a server up to now, also by the copying thread of the same run; null for an archive without a server. */
  traffic(): Traffic | null;
  readonly capabilities: ArchiveCapabilities;
  /** The two stores that it consists of, where the tiers have locations of their own; null where one location has everything. */
  readonly apart: ApartTiers | null;
  /**
   * The locations that are away (an unmounted disk, a bucket that does not answer, bundles that are not where the configuration says), found out once
   * for each opened archive. What needs one of them throws `AwayError`; nothing is written there, and its tier never reads as empty. Lists of the
   * whole archive or of its quarantine, `strays` and `sweep` leave it out: whoever concludes from them asks here first.
   */
  away(): Promise<readonly AwayLocation[]>;
  /**
   * Takes the lock of the one run at a time that may change the archive, whatever database it works on. It ends with its process, however that
   * ends, or when disposed of. Nothing appears by locking an archive that is not there: the lock is taken before its first file is made, and
   * `create` throws then. An archive that this process may only read needs no lock and gets none.
   * @throws FirnError `locked` naming the holder.
   */
  lock(holder: LockHolder): Promise<AsyncDisposable>;
  /**
   * Every file below `prefix` (a folder path, or '' for all), sorted by path; none when there is no such folder.
   * Temporary files, symbolic links and other non-files are not files: see `strays`. Throws `refused` when the prefix
   * itself is or passes a link.
   */
  list(prefix: string): Promise<readonly StoredFile[]>;
  /** Paths below the archive that are neither files nor folders (links, sockets) or whose names cannot be addressed, sorted. They are never followed. */
  strays(): Promise<readonly string[]>;
  /** Starts a file that nobody sees until it is published. Throws `refused` when the path leaves the archive or passes a link. */
  create(path: string): Promise<PendingFile>;
  /**
   * Opens the file as it is now (see `OpenFile`). Each call opens what has the name then.
   * Throws `not_found` when there is no such file, `refused` when it is a link.
   * @param as see `OpenedAs`; without it, `now`.
   */
  open(path: string, as?: OpenedAs): Promise<OpenFile>;
  /**
   * Makes durable what an earlier process may have left: the bytes and the name of a file that was found rather than
   * published by this process. To be called before anything is deleted because the file is there. Throws like `open`.
   */
  settle(path: string): Promise<void>;
  /**
   * Removes a file, durably, and its folder when that is empty then. Nothing happens when it is not there. Throws `RemovalRefused` when the
   * store does not allow it.
   */
  remove(path: string): Promise<void>;
  /** Moves a file out of the way, durably, to a free name in `quarantine/`, with `<name>.note.txt` beside it. Returns the new path. Throws like `open`. */
  quarantine(path: string, note: string): Promise<string>;
  /** Removes temporary files that an earlier process left, and folders of a tier that it left empty; returns the files' paths. Only safe while holding the lock. */
  sweep(): Promise<readonly string[]>;
}

/** What one archive store can do and another cannot. Callers ask here, and never by scheme, class or a look at a file. */
export interface ArchiveCapabilities {
  /** The file or folder of this machine that a path stands for ('' is the root). Null for an archive elsewhere. */
  localPath(path: string): string | null;
  /** What is removed or replaced is not kept as an older version. Otherwise erasing has to remove each version. */
  readonly erasesInPlace: boolean;
  /** Each read waits for a server: who needs many files opens many at once. */
  readonly isRemote: boolean;
}

/** Tiers at two locations: bundles, and what of them is in quarantine, in cold, everything else in warm. Each has its own `archive.json` and lock. */
export interface ApartTiers {
  readonly warm: ArchiveStore;
  readonly cold: ArchiveStore;
}

export interface AwayLocation {
  readonly tier: 'warm' | 'cold';
  /** The folder or address. */
  readonly location: string;
  readonly why: string;
  /** What the user can do, as sentences. */
  readonly remedy: string;
}

/**
 * Which file of a name is opened: the one that has it `now`, or the one that a list of this store, at most ten seconds old, has `listed`, where it
 * knows such a list. The latter spares a server the question whether it is still the newest. Another run may have replaced or removed it since. So
 * whoever misses something in it, or is told that it is gone (`GoneFile`), opens what has the name now before that counts.
 */
export type OpenedAs = 'now' | 'listed';

export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written to, as its file system has it, in milliseconds with fractions. Absent where the store does not tell. */
  readonly modifiedMs?: number;
  /** `GLACIER`, say. Absent where the store has none, and for the usual one. */
  readonly storageClass?: string;
}

export interface PendingFile {
  /** The bytes written so far. */
  readonly bytes: number;
  /** Appends. Resolves when written to the system (not yet durable); rejects on a short write. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the bytes durable and readable under a temporary name; nothing may be written after. */
  sync(): Promise<void>;
  /** Reads back what was written, after `sync`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Gives the file its name, durably. Throws `refused` when the name is taken; the taken file is untouched. */
  publish(): Promise<void>;
  /** Gives the file its name in place of the present holder, atomically and durably. For bundles, `lineage.json` and `lookup.index`. */
  replace(): Promise<void>;
  /** Removes the temporary file. Nothing happens after publish or replace. */
  abandon(): Promise<void>;
}

/**
 * An open file keeps its generation: `bytes` and `read` stay those of the file that was opened, also when another process replaces,
 * removes or quarantines it meanwhile. A store that cannot keep the old bytes throws `GoneFile` then; it never mixes two generations.
 */
export interface OpenFile extends AsyncDisposable {
  readonly bytes: number;
  /** Exactly `length` bytes. Throws `integrity` when the file ends before. */
  read(offset: number, length: number, use?: ReadUse): Promise<Uint8Array>;
}

/** The opened file was replaced or removed, and the store has not kept its bytes: what has its name now can be opened. */
export class GoneFile extends FirnError {
  constructor(details: Omit<ErrorDetails, 'hint'>) {
    super('unavailable', 'the file was replaced or removed while it was read', {
      ...details,
      hint: 'Run again. Another run may have changed the archive.',
    });
  }
}

/** A file, or what is left of one, that a store does not allow to be removed. */
export interface KeptFile {
  readonly path: string;
  readonly why: string;
}

/**
 * The store does not allow files to be removed (an object lock, a legal hold, missing rights). They are there, and whole. Whoever removes files
 * for a reason that goes on to hold reports it and goes on with other files: the next run tries again. `sweep` throws it when it has done
 * everything else.
 */
export class RemovalRefused extends FirnError {
  readonly kept: readonly KeptFile[];

  /** @param kept at least one. */
  constructor(kept: readonly KeptFile[], details: ErrorDetails) {
    super('refused', kept.map(({ why }) => why).join('; '), details);
    this.kept = kept;
  }
}

/**
 * The file is there, and whole, but in a storage class from which it cannot be read before the server has made a copy that can. Whoever can go on
 * without the file reports it and goes on. It is no damage.
 */
export class FrozenFile extends FirnError {
  /** Whether the server has been asked for the copy. */
  readonly isThawing: boolean;

  constructor(storageClass: string, isThawing: boolean, details: Omit<ErrorDetails, 'hint'>) {
    const message = isThawing
      ? `the file is in storage class ${storageClass} and is being thawed`
      : `the file is in storage class ${storageClass} and has to be thawed before it can be read`;
    const hint = isThawing
      ? 'Run again later: a thaw takes from minutes to two days, as the storage class and the tier have it.'
      : 'To thaw it, run: firn restore --thaw, with the table and the time of the rows (docs/s3.md).';
    super('refused', message, { ...details, hint });
    this.isThawing = isThawing;
  }
}
