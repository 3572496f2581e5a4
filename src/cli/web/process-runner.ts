import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { FirnError } from '../../model/errors.ts';
import type { CommandEnd, CommandRunner, RunningCommand } from '../../web/command-runner.ts';
import { WAITS } from './waiting-process.ts';

export interface ProcessRunnerOptions {
  /** The file that starts Firn. */
  readonly launcher: string;
  /** Arguments that every command gets: which configuration, database and archives. */
  readonly globals: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many processes wait for a command that has not come yet. */
  readonly spares?: number;
  /** How many commands run at once. */
  readonly running?: number;
  /** How many more may wait for their turn. */
  readonly waiting?: number;
}

/** Of what a command says on stderr, this many characters are kept. */
const KEPT_STDERR = 64 << 10;
/** How long a cancelled command may take to stop. */
const PATIENCE_MS = 3000;
/** Without a command for this long, the waiting processes are ended. */
const IDLE_MS = 5 * 60_000;

/** Runs each command in a process of its own, one that was started before it was needed. */
export function processRunner(options: ProcessRunnerOptions): CommandRunner & AsyncDisposable {
  const { launcher, globals, cwd, env, spares = 3, running: most = 4, waiting = 64 } = options;
  const ready: ChildProcess[] = [];
  const alive = new Set<ChildProcess>();
  const queue: (() => void)[] = [];
  let running = 0;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;

  function spawn(): ChildProcess {
    const child = fork(launcher, [], {
      ...{ cwd, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
      env: { ...env, [WAITS]: '1' },
    });
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    // Ended or failed before its turn: the next one is started anew.
    child.on('error', () => alive.delete(child));
    return child;
  }

  function refill(): void {
    clearTimeout(idle);
    while (!closed && ready.length < spares) ready.push(spawn());
    idle = setTimeout(() => {
      for (const child of ready.splice(0)) dismiss(child);
    }, IDLE_MS);
    idle.unref();
  }

  async function turn(): Promise<void> {
    if (running < most) {
      running += 1;
      return;
    }
    if (queue.length >= waiting) {
      throw new FirnError('unavailable', `${most} commands run already, and ${waiting} wait`, {
        operation: 'run a command for the web page',
        hint: 'Try again in a moment.',
      });
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  function ended(): void {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
    if (running < most) refill();
  }

  refill();
  return {
    async start(argv) {
      await turn();
      const child = takeAlive(ready) ?? spawn();
      // First: after a `--` they would be arguments.
      child.send({ argv: [...globals, ...argv] }, () => undefined);
      const command = commandOf(child);
      void command.ended.then(ended);
      return command;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(idle);
      const exits = [...alive].map((child) => once(child, 'exit'));
      for (const child of ready.splice(0)) dismiss(child);
      for (const child of alive) child.kill('SIGTERM');
      const insist = setTimeout(() => {
        for (const child of alive) child.kill('SIGKILL');
      }, PATIENCE_MS);
      await Promise.all(exits);
      clearTimeout(insist);
    },
  };
}

/** A process that still waits ends when its channel does. */
function dismiss(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}

function takeAlive(ready: ChildProcess[]): ChildProcess | undefined {
  for (let child = ready.shift(); child !== undefined; child = ready.shift()) {
    if (child.connected && child.exitCode === null) return child;
  }
  return undefined;
}

function commandOf(child: ChildProcess): RunningCommand {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-KEPT_STDERR);
  });
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', (error) => resolve({ status: 1, stderr: `${said}${error.message}\n` }));
    child.once('close', (status) => resolve({ status: status ?? 1, stderr: said }));
  });
  return {
    stdout: child.stdout!,
    ended,
    cancel() {
      child.kill('SIGTERM');
      // Nobody reads what it still writes: it must not wait for that, nor we for the rest of its answer.
      child.stdout!.destroy();
      const insist = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      void ended.then(() => clearTimeout(insist));
    },
  };
}
