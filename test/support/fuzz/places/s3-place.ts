import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import { SimulatedDisk } from '../../faults/disk/simulated-disk.ts';
import { Random } from '../../faults/random.ts';
import type { Stopper } from '../../faults/stopper.ts';
import { filesOfKeys, objectsOf, remnantsOf, unaccountedObjects } from '../../s3/bucket-files.ts';
import { drawnFaults, type FaultRate } from '../../s3/faults/drawn-faults.ts';
import { FaultInjector } from '../../s3/faults/fault-injector.ts';
import { faultyFetch, RememberingModel } from '../../s3/faults/faulty-fetch.ts';
import { stoppingFetch } from '../../s3/faults/stopping-fetch.ts';
import { type ModelOptions, S3Model } from '../../s3/model/s3-model.ts';
import { openModelArchive, PREFIX, SPOOL } from '../../s3/open-model-archive.ts';
import type { ArchivePlace } from './archive-place.ts';
import { filesBelow } from './folder-place.ts';

/** Of requests that failed more often than the client repeats them. */
const UNREACHABLE =
  /the connection was (reset|closed)|nothing listens|the server is busy or has failed|the answer ended too early|that the object is there, and that it is not|the bytes that arrived are not those/;
/** Of a list that is out of date: no S3 of today gives one, and the next run takes it back. */
const MISSED = /file missing|file is missing/;

export interface S3PlaceOptions {
  readonly kind: ModelOptions;
  readonly seed: number;
  /** What goes wrong on the way to the bucket; null: only kills. */
  readonly rate: FaultRate | null;
}

/** A bucket, in memory, the way to it, and the spool on the disk of the database's machine. */
export class S3Place implements ArchivePlace {
  readonly injector: FaultInjector;
  readonly #options: S3PlaceOptions;
  readonly #model: S3Model;
  readonly #spool: SimulatedDisk;
  readonly #random: Random;
  #isRough = false;

  constructor(options: S3PlaceOptions, from: S3Place | null = null) {
    this.#options = options;
    this.#model = new S3Model(options.kind);
    if (from !== null) this.#model.state = from.#model.state.copy();
    this.#spool = from === null ? new SimulatedDisk() : from.#spool.fork();
    this.#random = from === null ? new Random(options.seed) : from.#random;
    const { rate } = options;
    const draw = rate === null ? () => null : drawnFaults(this.#random, rate);
    this.injector = new FaultInjector(
      new RememberingModel(this.#model),
      (request, at) => (this.#isRough ? draw(request, at) : null),
      from?.injector.injected,
    );
  }

  isToBeExpected(message: string): boolean {
    const { rate } = this.#options;
    return rate !== null && (UNREACHABLE.test(message) || (rate.staleLists && MISSED.test(message)));
  }

  open(clock: Clock, stopper: Stopper | null): ArchiveStore {
    const reach = faultyFetch(this.injector);
    return openModelArchive(this.#model, {
      clock,
      fetch: stopper === null ? reach : stoppingFetch(stopper, reach),
      fileSystem: stopper === null ? this.#spool : stopper.fileSystem(this.#spool),
      random: () => this.#random.next(),
      allowUnconditional: this.#options.kind.ignoresConditions ?? false,
    });
  }

  async files(): Promise<Map<string, Uint8Array>> {
    return filesOfKeys(objectsOf(this.#model.state, PREFIX));
  }

  async pending(): Promise<Map<string, Uint8Array>> {
    const spooled = await filesBelow(this.#spool, SPOOL);
    const files = new Map<string, Uint8Array>();
    for (const [path, bytes] of spooled) {
      const data = path.endsWith('.put') ? spooled.get(path.replace(/put$/, 'data')) : undefined;
      if (data !== undefined) files.set(JSON.parse(Buffer.from(bytes).toString()).key as string, data);
    }
    return filesOfKeys(files);
  }

  fork(): S3Place {
    return new S3Place(this.#options, this);
  }

  disturb(): void {
    this.#isRough = true;
  }

  calm(): void {
    this.#isRough = false;
  }

  async arrive(): Promise<void> {
    await this.injector.settle();
  }

  async leftovers(databasePath: string): Promise<readonly string[]> {
    const keys = objectsOf(this.#model.state, PREFIX).keys();
    const spooled = [...(await filesBelow(this.#spool, SPOOL)).keys()].map((name) => `${name} in the spool`);
    return [...remnantsOf(this.#model.state), ...unaccountedObjects(keys, databasePath), ...spooled];
  }
}
