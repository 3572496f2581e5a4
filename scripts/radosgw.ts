// node scripts/radosgw.ts start [FOLDER] | stop [FOLDER]: a real S3 on this machine, Ceph's radosgw, for trials by hand and benchmarks. `start`
// prints what a client needs, with a new bucket; the server runs in the background until `stop`. Everything is in FOLDER (/tmp/firn-radosgw).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cluster, whyNoRadosgw } from '../test/support/s3/radosgw/cluster.ts';
import { makeBucket } from '../test/support/s3/radosgw/radosgw.ts';

const [command, folder = '/tmp/firn-radosgw'] = process.argv.slice(2);
const place = resolve(folder);
const pidFile = join(place, 'pid');

switch (command) {
  case 'start':
    process.exitCode = await start();
    break;
  case 'stop':
    await stop();
    break;
  case 'run':
    await serve();
    break;
  default:
    console.error('usage: node scripts/radosgw.ts start [FOLDER] | stop [FOLDER] | run [FOLDER]');
    process.exitCode = 2;
}

async function start(): Promise<number> {
  const missing = whyNoRadosgw();
  if (missing !== null) {
    console.error(missing);
    return 1;
  }
  if (runningPid() !== null) {
    console.error(`already running in ${place}: node scripts/radosgw.ts stop ${place}`);
    return 1;
  }
  const program = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [program, 'run', place], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (text: Buffer) => process.stdout.write(text));
  const first = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!Buffer.isBuffer(first[0])) return 1;
  child.unref();
  child.stdout.destroy();
  return 0;
}

/** In the foreground, until SIGTERM or Ctrl-C. */
async function serve(): Promise<void> {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const cluster = await Cluster.start(join(place, 'server'));
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const bucket = await makeBucket(cluster.administrator);
  writeFileSync(pidFile, `${process.pid}\n`);
  console.log(
    [
      `export AWS_ENDPOINT_URL=${bucket.endpoint} AWS_REGION=${bucket.region}`,
      `export AWS_ACCESS_KEY_ID=${bucket.accessKeyId} AWS_SECRET_ACCESS_KEY=${bucket.secretAccessKey}`,
      `export BUCKET=${bucket.bucket}`,
    ].join('\n'),
  );
  const staysAwake = setInterval(() => {}, 60_000);
  await ended;
  clearInterval(staysAwake);
  await cluster[Symbol.asyncDispose]();
  rmSync(place, { recursive: true, force: true });
}

async function stop(): Promise<void> {
  const pid = runningPid();
  if (pid === null) return void console.error(`nothing runs in ${place}`);
  process.kill(pid, 'SIGTERM');
  for (let n = 0; n < 500 && existsSync(pidFile); n++) await new Promise((done) => setTimeout(done, 20));
}

/** Of the server in the folder, if it runs: the id may be another program's by now. */
function runningPid(): number | null {
  if (!existsSync(pidFile)) return null;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes('radosgw.ts') ? pid : null;
}
