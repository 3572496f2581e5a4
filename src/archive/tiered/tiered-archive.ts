import type { LockHolder } from '../../lock/lock-holder.ts';
import { FirnError, ifThere } from '../../model/errors.ts';
import {
  type ApartTiers,
  type ArchiveCapabilities,
  type ArchiveStore,
  type AwayLocation,
  type KeptFile,
  type OpenedAs,
  type OpenFile,
  type PendingFile,
  RemovalRefused,
  type StoredFile,
} from '../archive-store.ts';
import { AwayError } from '../away.ts';
import { IDENTITY_FILE } from '../identity.ts';
import type { Traffic } from '../traffic.ts';
import { COLD_FOLDERS, isColdPath } from './tier-paths.ts';
import { type Expected, lookAtCold, lookAtWarm, lookForBundles } from './tier-presence.ts';

/**
 * An archive that knows where its bundles should be: at a location of their own, or at that of warm. Whether each location is there is found
 * out once, before the first use of it; a location that is away is not written to.
 * @param cold null where one location has everything.
 * @param expected the bundles that the ledger lists; null where there is no ledger to ask.
 */
export function tieredArchive(
  warm: ArchiveStore,
  cold: ArchiveStore | null,
  expected: Expected | null = null,
): ArchiveStore {
  return new TieredArchive(warm, cold, expected);
}

class TieredArchive implements ArchiveStore {
  readonly location: string;
  readonly capabilities: ArchiveCapabilities;
  readonly apart: ApartTiers | null;
  readonly #warm: ArchiveStore;
  /** The same as that of warm where one location has everything. */
  readonly #cold: ArchiveStore;
  readonly #expected: Expected | null;
  /** Lock the locations that were not marked when the archive was locked. */
  readonly #unlocked = new Map<ArchiveStore, () => Promise<void>>();
  #warmAway: Promise<AwayLocation | null> | null = null;
  #coldAway: Promise<AwayLocation | null> | null = null;

  constructor(warm: ArchiveStore, own: ArchiveStore | null, expected: Expected | null) {
    const cold = own ?? warm;
    [this.#warm, this.#cold, this.#expected] = [warm, cold, expected];
    this.location = warm.location;
    this.capabilities = {
      localPath: (path) => (isColdPath(path) ? cold : warm).capabilities.localPath(path),
      isRemote: warm.capabilities.isRemote || cold.capabilities.isRemote,
      erasesInPlace: warm.capabilities.erasesInPlace && cold.capabilities.erasesInPlace,
    };
    this.apart = own === null ? null : { warm, cold };
  }

  async away(): Promise<readonly AwayLocation[]> {
    return (await this.#away()).filter((one) => one !== null);
  }

  /** The stores of one archive count together. */
  traffic(): Traffic | null {
    return this.#warm.traffic() ?? this.#cold.traffic();
  }

  async lock(holder: LockHolder): Promise<AsyncDisposable> {
    if (this.apart === null) return await this.#warm.lock(holder);
    // Nothing is made in the folder where a disk should be mounted, not even the lock: what is empty is locked with its first file.
    const isColdMarked = await this.#isColdMarked();
    const isWarmUsed = (await isMarked(this.#warm)) || (await this.#warm.list('')).length > 0;
    if (!isWarmUsed && isColdMarked) await this.#at('', 'lock the archive');
    const held = new AsyncDisposableStack();
    for (const [store, isUsed] of [
      [this.#warm, isWarmUsed],
      [this.#cold, isColdMarked],
    ] as const) {
      const take = async (): Promise<void> => {
        held.use(await store.lock(holder));
        this.#unlocked.delete(store);
      };
      this.#unlocked.set(store, take);
      try {
        if (isUsed) await take();
      } catch (error) {
        await held.disposeAsync();
        throw error;
      }
    }
    held.defer(() => this.#unlocked.clear());
    return held;
  }

  /** A disk that fails keeps rows from getting cold, and nothing else. */
  async #isColdMarked(): Promise<boolean> {
    try {
      return await isMarked(this.#cold);
    } catch (error) {
      this.#coldAway = Promise.resolve(unreachable('cold', this.#cold, error));
      return false;
    }
  }

  async list(prefix: string): Promise<readonly StoredFile[]> {
    const operation = 'list the archive';
    const folders = COLD_FOLDERS.filter((folder) => prefix === '' || folder.startsWith(`${prefix}/`));
    // With one location, the question whether it is there takes no longer than the list.
    const early = this.apart === null ? this.#warm.list(prefix) : null;
    early?.catch(() => undefined);
    if (folders.length === 0) {
      const store = await this.#at(prefix, operation);
      return await (early ?? store.list(prefix));
    }
    const [warmAway, coldAway] = await this.#away();
    const inWarm = warmAway === null ? await (early ?? this.#warm.list(prefix)) : [];
    if (this.apart === null && coldAway === null) return inWarm;
    const inCold = coldAway === null ? await Promise.all(folders.map((one) => this.#cold.list(one))) : [];
    return [...inWarm.filter(({ path }) => !isColdPath(path)), ...inCold.flat()].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
  }

  async strays(): Promise<readonly string[]> {
    if (this.apart === null) return await this.#warm.strays();
    const [warmAway, coldAway] = await this.#away();
    const [inWarm, inCold] = await Promise.all([
      warmAway === null ? this.#warm.strays() : [],
      coldAway === null ? this.#cold.strays() : [],
    ]);
    return [...inWarm.filter((path) => !isColdPath(path)), ...inCold.filter(isColdPath)].sort();
  }

  async create(path: string): Promise<PendingFile> {
    // The disk may have gone since: no bundle is written without a look.
    if (isColdPath(path) && this.apart !== null && !(await isMarked(this.#cold))) this.#coldAway = null;
    const store = await this.#at(path, 'create an archive file');
    await this.#unlocked.get(store)?.();
    return await store.create(path);
  }

  async open(path: string, as?: OpenedAs): Promise<OpenFile> {
    return await (await this.#at(path, 'open an archive file')).open(path, as);
  }

  async settle(path: string): Promise<void> {
    return await (await this.#at(path, 'make an archive file durable')).settle(path);
  }

  async remove(path: string): Promise<void> {
    return await (await this.#at(path, 'remove an archive file')).remove(path);
  }

  async quarantine(path: string, note: string): Promise<string> {
    return await (await this.#at(path, 'quarantine an archive file')).quarantine(path, note);
  }

  async sweep(): Promise<readonly string[]> {
    if (this.apart === null) return await this.#warm.sweep();
    const [warmAway, coldAway] = await this.#away();
    const swept: string[] = [];
    const kept: KeptFile[] = [];
    for (const store of [
      ...(warmAway === null ? [this.#warm] : []),
      ...(coldAway === null ? [this.#cold] : []),
    ]) {
      try {
        swept.push(...(await store.sweep()));
      } catch (error) {
        if (!(error instanceof RemovalRefused)) throw error;
        kept.push(...error.kept);
      }
    }
    if (kept.length > 0) throw new RemovalRefused(kept, { operation: 'remove temporary files' });
    return swept;
  }

  /** The store of a path; throws `unavailable` when its location is away. */
  async #at(path: string, operation: string): Promise<ArchiveStore> {
    const isCold = isColdPath(path);
    const away = await (isCold ? this.#isColdAway() : this.#isWarmAway());
    if (away !== null) throw new AwayError(away, operation);
    return isCold ? this.#cold : this.#warm;
  }

  #away(): Promise<[AwayLocation | null, AwayLocation | null]> {
    return Promise.all([this.#isWarmAway(), this.#isColdAway()]);
  }

  #isWarmAway(): Promise<AwayLocation | null> {
    if (this.apart === null) return Promise.resolve(null);
    this.#warmAway ??= lookAtWarm(this.#warm, this.#cold).catch((error: unknown) =>
      unreachable('warm', this.#warm, error),
    );
    return this.#warmAway;
  }

  #isColdAway(): Promise<AwayLocation | null> {
    this.#coldAway ??=
      this.apart === null
        ? lookForBundles(this.#warm, this.#expected)
        : lookAtCold(this.#warm, this.#cold, this.#expected).catch((error: unknown) =>
            unreachable('cold', this.#cold, error),
          );
    return this.#coldAway;
  }
}

/** Whether there is a marker, whatever it says. */
async function isMarked(store: ArchiveStore): Promise<boolean> {
  await using marker = await ifThere(store.open(IDENTITY_FILE));
  return marker !== null;
}

/** A location that does not answer. */
function unreachable(tier: 'warm' | 'cold', { location }: ArchiveStore, error: unknown): AwayLocation {
  if (!(error instanceof FirnError)) throw error;
  return { tier, location, why: error.message, remedy: error.hint ?? 'Run again when it answers.' };
}
