import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { firn, type Outcome } from '../../cli/world.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import type { RowsByTable } from '../../support/independent/archive-rows.ts';
import type { BucketAccess } from '../../support/s3/plain-client.ts';
import { rowsOfAllTables } from './archived-bucket.ts';

export const PREFIX = 'team-1/agents';

/** A database of the demonstration whose archives are in a bucket, driven through the command line. Its files are removed when it is disposed of. */
export class S3Trial implements Disposable {
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'ideas.db');
  readonly config: string = join(this.folder, 'firn.config.yaml');
  readonly original: RowsByTable;
  readonly #access: BucketAccess;
  readonly #location: string;
  readonly #start: number;

  /** @param options.start real servers refuse requests of another time than theirs. */
  constructor(access: BucketAccess, options: { readonly rows?: number; readonly start?: number } = {}) {
    const { rows = 200, start = Date.now() } = options;
    [this.#access, this.#start] = [access, start];
    createDemoDatabase(this.database, { rows, days: 12, now: instantOfMs(start), seed: 5 });
    this.original = rowsOfAllTables(this.database);
    this.#location = `s3://${access.bucket}/${PREFIX}?region=${access.region}&endpoint=${access.endpoint}`;
    this.configure('');
  }

  /** @param settings lines of YAML besides the places. */
  configure(settings: string): void {
    const archives = JSON.stringify(this.#location);
    writeFileSync(this.config, `database: ideas.db\narchives: ${archives}\n${settings}`);
  }

  /** @param access who asks, instead of the owner. */
  firn(argv: readonly string[], access: BucketAccess = this.#access): Promise<Outcome> {
    const { accessKeyId, secretAccessKey } = access;
    return firn([...argv, '--config', this.config], {
      now: this.#start,
      cwd: this.folder,
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      sleep: sleepOf,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Time-outs are of the real clock: a server answers in its own time. */
const sleepOf = ((ms: number, signal?: AbortSignal) =>
  setTimeout(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(
    () => undefined,
  )) as (ms: number) => Promise<void>;
