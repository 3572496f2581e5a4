import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import type { FileSystem } from '../../../../src/archive/disk/file-system.ts';
import { openFolder } from '../../../../src/archive/folder/folder-archive.ts';
import { isColdPath } from '../../../../src/archive/tiered/tier-paths.ts';
import { tieredArchive } from '../../../../src/archive/tiered/tiered-archive.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import { SimulatedDisk } from '../../faults/disk/simulated-disk.ts';
import type { Random } from '../../faults/random.ts';
import type { Stopper } from '../../faults/stopper.ts';
import type { ArchivePlace } from './archive-place.ts';
import { filesBelow } from './folder-place.ts';

const [WARM, COLD] = ['/archive', '/cold'];

/** Two folders on simulated disks, of which the one of cold is now and then not mounted. */
export class TiersPlace implements ArchivePlace {
  /** How often a command had to do without cold. */
  readonly away: { count: number };
  readonly #disk: SimulatedDisk;
  /** What stands where the disk of cold is mounted, while it is not. */
  readonly #below = new SimulatedDisk();
  readonly #random: Random;
  #isKnown: boolean;
  #isAway = false;

  constructor(random: Random, from: TiersPlace | null = null) {
    this.#random = random;
    this.#disk = from === null ? new SimulatedDisk() : from.#disk.fork();
    this.away = from?.away ?? { count: 0 };
    this.#isKnown = from === null ? false : from.#isKnown;
  }

  open(_clock: Clock, stopper: Stopper | null): ArchiveStore {
    const at = (disk: SimulatedDisk): FileSystem => stopper?.fileSystem(disk) ?? disk;
    const cold = openFolder(COLD, at(this.#isAway ? this.#below : this.#disk));
    return tieredArchive(openFolder(WARM, at(this.#disk)), cold);
  }

  async files(): Promise<Map<string, Uint8Array>> {
    const cold = await filesBelow(this.#disk, COLD);
    const own = [...cold].filter(([path]) => isColdPath(path));
    const warm = await filesBelow(this.#disk, WARM);
    const lineage = Buffer.from(warm.get('lineage.json') ?? '').toString();
    this.#isKnown = cold.has('archive.json') && lineage.includes(`"cold":"${COLD}"`);
    return new Map([...warm, ...own]);
  }

  fork(): TiersPlace {
    return new TiersPlace(this.#random, this);
  }

  /** A location that no run has written down cannot be told from a new one. */
  disturb(): void {
    this.#isAway = this.#isKnown && this.#random.next() < 0.35;
    if (this.#isAway) this.away.count++;
  }

  calm(): void {
    this.#isAway = false;
  }

  async arrive(): Promise<void> {}

  async pending(): Promise<Map<string, Uint8Array>> {
    return new Map();
  }

  isToBeExpected(message: string): boolean {
    return message.includes('the location of the cold archives is away');
  }

  async leftovers(): Promise<readonly string[]> {
    const made = await filesBelow(this.#below, COLD);
    return [...made.keys()].map((path) => `${path} where the disk should be mounted`);
  }
}
