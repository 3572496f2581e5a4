import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How a process ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program, `bin/firn.js`, running. */
export class FirnProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ended: Promise<Ended>) {
    this.#child = child;
    this.ended = ended;
  }

  /** In a process group of its own, so that a kill reaches whatever it starts. */
  static start(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): FirnProcess {
    const program = fileURLToPath(new URL('../../../bin/firn.js', import.meta.url));
    const child = spawn(process.execPath, [program, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new FirnProcess(child, end(child));
  }

  /** Runs it to its end. */
  static run(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Ended> {
    return FirnProcess.start(args, options).ended;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Sends the signal after `ms` milliseconds, unless it ends before. */
  async signalAfter(ms: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    const over = new AbortController();
    const ended = this.ended.finally(() => over.abort());
    await setTimeout(ms, undefined, { signal: over.signal }).then(
      () => this.signal(signal),
      () => {},
    );
    return await ended;
  }
}

async function end(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr] = [collected(child.stdout!), collected(child.stderr!)];
  const { promise, resolve, reject } = Promise.withResolvers<Omit<Ended, 'stdout' | 'stderr'>>();
  child.on('error', reject);
  child.on('close', (status, signal) => resolve({ status, signal }));
  return { ...(await promise), stdout: stdout(), stderr: stderr() };
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
