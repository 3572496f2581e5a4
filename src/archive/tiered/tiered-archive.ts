import type { LockHolder } from '../../lock/lock-holder.ts';
import { FirnError } from '../../model/errors.ts';
import type {
  ApartTiers,
  ArchiveCapabilities,
  ArchiveStore,
  AwayLocation,
  OpenFile,
  PendingFile,
  StoredFile,
} from '../archive-store.ts';
import { awayError } from '../away.ts';
import type { Traffic } from '../traffic.ts';
import { COLD_FOLDERS, isColdPath } from './tier-paths.ts';
import { type Expected, lookAtCold, lookAtWarm } from './tier-presence.ts';

/**
 * An archive whose bundles have a location of their own. Whether each location is there is found out once, before the first use of it; a
 * location that is away is not written to.
 * @param expected the bundles that the ledger lists; null where there is no ledger to ask.
 */
export function tieredArchive(
  warm: ArchiveStore,
  cold: ArchiveStore,
  expected: Expected | null = null,
): ArchiveStore {
  return new TieredArchive(warm, cold, expected);
}

class TieredArchive implements ArchiveStore {
  readonly location: string;
  readonly capabilities: ArchiveCapabilities;
  readonly apart: ApartTiers;
  readonly #warm: ArchiveStore;
  readonly #cold: ArchiveStore;
  readonly #expected: Expected | null;
  #warmAway: Promise<AwayLocation | null> | null = null;
  #coldAway: Promise<AwayLocation | null> | null = null;

  constructor(warm: ArchiveStore, cold: ArchiveStore, expected: Expected | null) {
    [this.#warm, this.#cold, this.#expected] = [warm, cold, expected];
    this.location = warm.location;
    this.capabilities = {
      localPath: (path) => (isColdPath(path) ? cold : warm).capabilities.localPath(path),
      erasesInPlace: warm.capabilities.erasesInPlace && cold.capabilities.erasesInPlace,
    };
    this.apart = { warm, cold, away: async () => (await this.#away()).filter((one) => one !== null) };
  }

  /** The stores of one archive count together. */
  traffic(): Traffic | null {
    return this.#warm.traffic() ?? this.#cold.traffic();
  }

  async lock(holder: LockHolder): Promise<AsyncDisposable> {
    await using held = new AsyncDisposableStack();
    held.use(await this.#warm.lock(holder));
    try {
      held.use(await this.#cold.lock(holder));
    } catch (error) {
      // A disk that fails keeps rows from getting cold, and nothing else.
      if (!(error instanceof FirnError) || error.code === 'locked') throw error;
      this.#coldAway = Promise.resolve(unreachable('cold', this.#cold, error));
    }
    const all = held.move();
    return { [Symbol.asyncDispose]: () => all.disposeAsync() };
  }

  async list(prefix: string): Promise<readonly StoredFile[]> {
    const operation = 'list the archive';
    if (isColdPath(prefix)) return await (await this.#at(prefix, operation)).list(prefix);
    const inWarm = await (await this.#at(prefix, operation)).list(prefix);
    const folders = COLD_FOLDERS.filter((folder) => prefix === '' || folder.startsWith(`${prefix}/`));
    if (folders.length === 0) return inWarm;
    const cold = await this.#at('cold', operation);
    const inCold = (await Promise.all(folders.map((folder) => cold.list(folder)))).flat();
    return [...inWarm.filter(({ path }) => !isColdPath(path)), ...inCold].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    );
  }

  async strays(): Promise<readonly string[]> {
    const [warmAway, coldAway] = await this.#away();
    const [inWarm, inCold] = await Promise.all([
      warmAway === null ? this.#warm.strays() : [],
      coldAway === null ? this.#cold.strays() : [],
    ]);
    return [...inWarm.filter((path) => !isColdPath(path)), ...inCold.filter(isColdPath)].sort();
  }

  async create(path: string): Promise<PendingFile> {
    return await (await this.#at(path, 'create an archive file')).create(path);
  }

  async open(path: string): Promise<OpenFile> {
    return await (await this.#at(path, 'open an archive file')).open(path);
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
    const [warmAway, coldAway] = await this.#away();
    return [
      ...(warmAway === null ? await this.#warm.sweep() : []),
      ...(coldAway === null ? await this.#cold.sweep() : []),
    ];
  }

  /** The store of a path; throws `unavailable` when its location is away. */
  async #at(path: string, operation: string): Promise<ArchiveStore> {
    const isCold = isColdPath(path);
    const away = await (isCold ? this.#isColdAway() : this.#isWarmAway());
    if (away !== null) throw awayError(away, operation);
    return isCold ? this.#cold : this.#warm;
  }

  #away(): Promise<[AwayLocation | null, AwayLocation | null]> {
    return Promise.all([this.#isWarmAway(), this.#isColdAway()]);
  }

  #isWarmAway(): Promise<AwayLocation | null> {
    this.#warmAway ??= lookAtWarm(this.#warm, this.#cold).catch((error: unknown) =>
      unreachable('warm', this.#warm, error),
    );
    return this.#warmAway;
  }

  #isColdAway(): Promise<AwayLocation | null> {
    this.#coldAway ??= lookAtCold(this.#warm, this.#cold, this.#expected).catch((error: unknown) =>
      unreachable('cold', this.#cold, error),
    );
    return this.#coldAway;
  }
}

/** A location that does not answer. */
function unreachable(tier: 'warm' | 'cold', { location }: ArchiveStore, error: unknown): AwayLocation {
  if (!(error instanceof FirnError)) throw error;
  return { tier, location, why: error.message, remedy: error.hint ?? 'Run again when it answers.' };
}
