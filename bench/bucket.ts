import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TrafficAnswer } from '../src/library/answers/traffic-answer.ts';
import type { BucketAccess } from '../test/support/s3/plain-client.ts';
import { Cluster, whyNoRadosgw } from '../test/support/s3/radosgw/cluster.ts';
import { makeBucket } from '../test/support/s3/radosgw/radosgw.ts';
import { FOLDER } from './fixtures.ts';

const SLOW_SERVER = fileURLToPath(new URL('./children/slow-server.ts', import.meta.url));

/** A bucket of a real server, each of whose answers takes longer. */
export interface SlowBucket extends AsyncDisposable {
  /** Where an archive below this prefix is, for `--archive-path`. */
  location(prefix: string): string;
  /** The environment of those who use it. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on each request takes so much longer, in milliseconds. */
  delay(ms: number): Promise<void>;
}

/** Null, and a warning, without radosgw. */
export async function slowBucket(warn: (line: string) => void): Promise<SlowBucket | null> {
  const missing = whyNoRadosgw();
  if (missing !== null) {
    warn(`NOT INSTALLED: ${missing}. Nothing was measured.`);
    return null;
  }
  mkdirSync(FOLDER, { recursive: true });
  await using started = new AsyncDisposableStack();
  const cluster = started.use(await Cluster.start(join(FOLDER, `radosgw-${process.pid}`)));
  const bucket = await makeBucket(cluster.administrator);
  const proxy = spawn(process.execPath, [SLOW_SERVER, bucket.endpoint], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.defer(() => void proxy.stdin.end());
  const said = createInterface({ input: proxy.stdout })[Symbol.asyncIterator]();
  const { value: endpoint } = await said.next();
  const all = started.move();
  return {
    location: (prefix) => `s3://${bucket.bucket}/${prefix}?endpoint=${endpoint}`,
    env: environmentOf(bucket),
    delay: (ms) => tell(proxy, said, ms),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function environmentOf({ accessKeyId, secretAccessKey, region }: BucketAccess): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region };
}

async function tell(
  proxy: ChildProcessByStdio<Writable, Readable, null>,
  said: AsyncIterator<string>,
  ms: number,
): Promise<void> {
  proxy.stdin.write(`${ms}\n`);
  await said.next();
}

/** `14 (1 list, 12 get, 1 head), 1.2 MB received, 0 MB sent`. */
export function trafficWords({ requests, sent_bytes, received_bytes }: TrafficAnswer): string {
  const kinds = Object.entries(requests).filter(([, count]) => count > 0);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const each = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  return `${requestsIn(requests)} (${each}), ${megabytes(received_bytes)} received, ${megabytes(sent_bytes)} sent`;
}

export function requestsIn(requests: TrafficAnswer['requests']): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
