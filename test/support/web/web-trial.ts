import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import type { WebAccess } from '../../../src/web/access/web-settings.ts';
import type { Site } from '../../../src/web/frame/site.ts';
import { serveWeb, type WebServer } from '../../../src/web/server/serve-web.ts';
import { firn, TEST_NOW } from '../../cli/world.ts';
import { inProcessRunner, type RecordingRunner } from './in-process-runner.ts';

/** A folder with the demonstration's database at the instant of the tests, archived and bundled. */
export interface WebFolder {
  readonly folder: string;
  readonly globals: readonly string[];
  remove(): void;
}

export interface WebTrial extends WebFolder {
  readonly server: WebServer;
  readonly runner: RecordingRunner;
  /** The cookie of a browser that has opened the printed address. */
  cookie(): Promise<string>;
  /** Requests as a browser that has opened the printed address. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON at a path, as the test knows it to be. */
  json(path: string): Promise<ReturnType<typeof JSON.parse>>;
}

/** `rows` of demonstration data over 42 days, with archives in both tiers. The caller removes the folder. */
export async function archivedFolder(rows: number): Promise<WebFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-web-'));
  const database = join(folder, 'ideas.db');
  createDemoDatabase(database, { rows, days: 42, now: instantOfMs(TEST_NOW), seed: 7 });
  const globals = ['--db-path', database, '--archive-path', join(folder, 'archives')];
  for (const argv of [
    ['archive', 'all'],
    ['cleanup', 'archives'],
  ]) {
    const { status, stderr } = await firn([...argv, ...globals], { cwd: folder });
    if (status !== 0) throw new Error(stderr);
  }
  return { folder, globals, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const ON_LOOPBACK: WebAccess = {
  listen: { host: '127.0.0.1', port: 0 },
  allowChanges: false,
  password: null,
  proxy: null,
  hosts: [],
};

/** Serves a folder's pages until the test ends. */
export async function serveFolder(
  t: { after(fn: () => unknown): void },
  { folder, globals, remove }: WebFolder,
  access: Partial<WebAccess> = {},
): Promise<WebTrial> {
  const runner = inProcessRunner(globals, folder);
  const rules = { ...ON_LOOPBACK, ...access };
  const site: Site = {
    runner,
    allowChanges: rules.allowChanges,
    database: join(folder, 'ideas.db'),
    globals,
    clock: () => new Date(TEST_NOW),
  };
  const server = await serveWeb(site, rules);
  t.after(() => server[Symbol.asyncDispose]());
  let entered: Promise<string> | undefined;
  const cookie = (): Promise<string> => {
    entered ??= enter(server);
    return entered;
  };
  const get: WebTrial['get'] = async (path, init = {}) => {
    const headers = { cookie: await cookie(), ...init.headers };
    return fetch(`${server.url}${path}`, { redirect: 'manual', ...init, headers });
  };
  return {
    ...{ folder, globals, remove, server, runner, cookie, get },
    json: async (path) => JSON.parse(await (await get(path)).text()),
  };
}

/** Opens the printed address; the cookie that it gives. */
async function enter(server: WebServer): Promise<string> {
  const response = await fetch(server.entrance, { redirect: 'manual' });
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}
