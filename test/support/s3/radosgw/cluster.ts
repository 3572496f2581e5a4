import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cephConfiguration } from './configuration.ts';

const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'monmaptool', 'osdmaptool', 'setpriv'];
const START_MS = 60_000;
const run = promisify(execFile);

export interface Administrator {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Why there can be no Ceph on this machine, for a skipped test; null when there can. */
export function whyNoRadosgw(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return null;
  return `SKIPPED: ${missing.join(', ')} not installed (apt: radosgw ceph-mon ceph-osd; scripts/test-tools.sh)`;
}

/**
 * Ceph's S3 gateway with all that it needs, up in about a second and in less than 200 MB, all of it in one folder. It ends with the process that
 * started it, however that ends.
 */
export class Cluster implements AsyncDisposable {
  readonly administrator: Administrator;
  readonly #folder: string;
  readonly #daemons: ChildProcess[];

  private constructor(folder: string, administrator: Administrator, daemons: ChildProcess[]) {
    [this.#folder, this.administrator, this.#daemons] = [folder, administrator, daemons];
  }

  /** @param folder does not exist yet; disposing removes it. */
  static async start(folder: string): Promise<Cluster> {
    const fsid = randomUUID();
    const [monitorPort, gatewayPort] = await freePorts(2);
    const path = (name: string): string => join(folder, name);
    for (const name of ['', 'osd', 'rgw']) mkdirSync(path(name), { recursive: true, mode: 0o700 });
    const configuration = cephConfiguration({
      ...{ folder, fsid, monitorPort: monitorPort!, gatewayPort: gatewayPort! },
    });
    writeFileSync(path('ceph.conf'), configuration);
    const common = ['-c', path('ceph.conf')];
    const daemons: ChildProcess[] = [];
    const daemon = (program: string, ...args: string[]): void => {
      // The kernel ends it when its parent is gone.
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...common, '-f', ...args], {
        stdio: 'ignore',
        detached: true,
      });
      child.unref();
      daemons.push(child);
    };
    const administrator = {
      endpoint: `http://127.0.0.1:${gatewayPort}`,
      region: 'us-east-1',
      accessKeyId: 'ADMINISTRATOR',
      secretAccessKey: randomUUID(),
    };
    const cluster = new Cluster(folder, administrator, daemons);
    try {
      await run('monmaptool', [
        ...['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, path('monmap')],
      ]);
      await run('osdmaptool', [...common, '--create-from-conf', '--createsimple', '1', path('osdmap')]);
      await run('ceph-mon', [
        ...[...common, '--mkfs', '-i', 'a', '--fsid', fsid],
        ...['--monmap', path('monmap'), '--osdmap', path('osdmap')],
      ]);
      daemon('ceph-mon', '-i', 'a');
      await run('ceph-osd', [...common, '-i', '0', '--mkfs', '--osd-uuid', randomUUID()]);
      daemon('ceph-osd', '-i', '0');
      daemon('radosgw', '--name', 'client.rgw');
      await run('radosgw-admin', [
        ...[...common, 'user', 'create', '--uid=administrator', '--display-name=administrator'],
        ...[`--access-key=${administrator.accessKeyId}`, `--secret-key=${administrator.secretAccessKey}`],
        '--caps=users=*;buckets=*',
      ]);
      await cluster.#answers();
      return cluster;
    } catch (cause) {
      const logs = ['mon', 'osd', 'client'].map((name) => lastLines(path(`${name}.log`))).join('\n');
      await cluster[Symbol.asyncDispose]();
      throw new Error(`radosgw did not start:\n${logs}`, { cause });
    }
  }

  /** Ends the daemons at once; for `process.on('exit')`, too. */
  end(): void {
    for (const child of this.#daemons.splice(0).reverse()) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#daemons
      .filter(
        ({ exitCode, signalCode, pid }) => pid !== undefined && exitCode === null && signalCode === null,
      )
      .map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of this.#daemons) child.ref();
    for (const child of this.#daemons) child.kill('SIGKILL');
    await Promise.all(ended);
    this.end();
  }

  async #answers(): Promise<void> {
    const until = performance.now() + START_MS;
    for (;;) {
      const dead = this.#daemons.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (dead !== undefined) throw new Error(`${dead.spawnargs.join(' ')} ended with ${dead.exitCode}`);
      const answer = await fetch(this.administrator.endpoint).catch(() => null);
      if (answer !== null) return void (await answer.arrayBuffer());
      if (performance.now() > until) throw new Error(`no answer within ${START_MS} ms`);
      await setTimeout(20);
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  return await Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-8).join('\n');
  } catch {
    return `${path}: not there`;
  }
}
