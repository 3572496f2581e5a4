import type { FileSystem } from '../../../src/archive/disk/file-system.ts';
import { openS3Client } from '../../../src/archive/s3/requests/open-client.ts';
import { S3Writing, type S3WritingParts } from '../../../src/archive/s3/writing/s3-writing.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { s3Environment } from '../../../src/model/policy/s3-settings.ts';
import { SimulatedDisk } from '../faults/disk/simulated-disk.ts';
import { s3Location } from './client-world.ts';
import type { ModelAnswer } from './model/answer.ts';
import { modelAccess, rawRequest, responseOf } from './model/model-fetch.ts';
import { type ModelOptions, type RawRequest, S3Model } from './model/s3-model.ts';
import { type PlainAnswer, type PlainRequest, send } from './plain-client.ts';

/** What becomes of a request: `carryOut` asks the model. Throws as `fetch` does when no answer arrives. */
export type Network = (request: RawRequest, carryOut: () => ModelAnswer) => ModelAnswer;

/** A bucket in memory, a simulated disk for the spool, and a network between them that the test decides. */
export class WritingWorld {
  readonly model: S3Model;
  readonly disk: SimulatedDisk;
  /** Method and key (with the query, where there is one) of each request, in order. */
  readonly asked: string[] = [];
  network: Network = (_request, carryOut) => carryOut();

  private constructor(model: S3Model, disk: SimulatedDisk) {
    [this.model, this.disk] = [model, disk];
  }

  static async make(options: ModelOptions = {}): Promise<WritingWorld> {
    const disk = new SimulatedDisk();
    await disk.mkdir('/data');
    await disk.syncFolder('/');
    return new WritingWorld(new S3Model(options), disk);
  }

  /** The changing side of `s3://…/archive`, as a process opens it; the spool is that of the machine. */
  open(
    parts: Partial<S3WritingParts> & { readonly prefix?: string } = {},
    machine: FileSystem = this.disk,
  ): S3Writing {
    const { accessKeyId, secretAccessKey, region, bucket, endpoint } = modelAccess(this.model);
    const environment = s3Environment({
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region },
    });
    const location = s3Location(`s3://${bucket}/${parts.prefix ?? 'archive'}?endpoint=${endpoint}`);
    const world = { clock: IDLE, fetch: this.#fetch, random: () => 0, installCommand: () => 'npm install' };
    return new S3Writing({
      ...{ client: openS3Client(location, { environment }, world), clock: IDLE },
      ...{ spool: '/data/a.db.firn-spool', fileSystem: machine },
      ...{ storageClass: { warm: null, cold: null }, allowUnconditional: false },
      ...{ seen: () => undefined, changed: () => undefined },
      ...parts,
    });
  }

  /** The keys below the prefix of the archive that have an object now, sorted. */
  keys(): string[] {
    const { state } = this.model;
    const present = state.keys().filter((key) => state.current(key) !== null);
    return present.map((key) => key.replace(/^archive\//, ''));
  }

  text(key: string): string {
    return Buffer.from(this.model.state.current(`archive/${key}`)!.body).toString();
  }

  /** Names in the spool of this machine, without what is random in them. */
  async spooled(): Promise<string[]> {
    const names: string[] = [];
    for (const place of await this.disk.readdir('/data/a.db.firn-spool').catch(() => []))
      for (const { name } of await this.disk.readdir(`/data/a.db.firn-spool/${place.name}`)) names.push(name);
    return names.map((name) => name.replace(/^[0-9a-f]{32}/, '')).sort();
  }

  /** A request of somebody else. */
  ask(request: PlainRequest): Promise<PlainAnswer> {
    const carryOut: typeof fetch = async (...call) =>
      responseOf(this.model.handle(await rawRequest(...call)));
    return send(modelAccess(this.model), request, carryOut);
  }

  readonly #fetch: typeof fetch = async (...call) => {
    const raw = await rawRequest(...call);
    const key = decodeURIComponent(raw.url.pathname).replace(/^\/[^/]+\/?(archive\/)?/, '');
    this.asked.push(`${raw.method} ${key}${raw.url.search}`);
    return responseOf(this.network(raw, () => this.model.handle(raw)));
  };
}

/** As undici fails when a connection breaks. */
export function brokenConnection(): Error {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
  });
}

/** Pauses are over at once; time-outs never come. */
const IDLE: Clock = {
  now: () => Date.UTC(2026, 6, 1),
  monotonic: () => 0,
  sleep: async (ms, signal) => {
    if (ms < 30_000 || signal === undefined) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  },
};
