import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'firn.js');

/** `firn run` as a process of its own, which ends with the test. */
export interface Service {
  readonly child: ChildProcess;
  /** Waits for so many events of a name; every line of the log must be JSON. */
  said(event: string, times?: number): Promise<Record<string, unknown>[]>;
}

/** @param paths options that name database and archives. */
export function start(t: TestContext, { paths }: { readonly paths: readonly string[] }): Service {
  const words = ['run', '--listen', '127.0.0.1:0', '--log-format', 'json', ...paths];
  const child = spawn(process.execPath, [LAUNCHER, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  const lines = createInterface({ input: child.stderr! });
  lines.on('line', (line) => log.push(JSON.parse(line)));
  return {
    child,
    async said(event, times = 1) {
      const found = (): Record<string, unknown>[] => log.filter((entry) => entry.event === event);
      while (found().length < times) await once(lines, 'line');
      return found();
    },
  };
}
