import { availableParallelism } from 'node:os';
import { isatty } from 'node:tty';
import { parseSizes, setSizes } from '../model/sizes.ts';
import { systemClock } from '../stores/system-clock.ts';
import { renderFailure, statusOf } from './frame/failure.ts';
import { run } from './main.ts';
import type { Io, Output } from './terminal/io.ts';
import { styleFor } from './terminal/style.ts';
import { commandOfParent, WAITS } from './web/waiting-process.ts';

/** A second signal this much later means: now, at once. (A launcher and a terminal may both deliver the first.) */
const INSIST_AFTER_MS = 500;

/** The process as the program sees it. */
export async function main(): Promise<void> {
  // Read when the thread pool is first used: more threads than cores compress no faster, and each keeps memory of its own.
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(2, availableParallelism()));
  const controller = new AbortController();
  listenForSignals(controller);
  const io: Io = {
    stdout: outputOf(process.stdout, () => controller.abort('closed pipe')),
    stderr: outputOf(process.stderr, () => undefined),
    stdin: { isTTY: isatty(0), lines },
    prompter: async () => {
      const { clackPrompter } = await import('./terminal/clack-prompter.ts');
      return clackPrompter(process.stdin, process.stderr, controller.signal);
    },
    env: process.env,
    cwd: process.cwd(),
    execPath: process.execPath,
    nodeVersion: process.versions.node,
    clock: systemClock,
    signal: controller.signal,
  };
  try {
    drawSizes(process.env.FIRN_TEST_SIZES);
  } catch (error) {
    io.stderr.write(renderFailure(error, styleFor(io.stderr, io.env), false));
    process.exitCode = statusOf(error);
    return;
  }
  const argv =
    process.env[WAITS] === '1'
      ? await commandOfParent(process, loadReadingCommands, () => controller.abort('orphaned'))
      : process.argv.slice(2);
  if (argv === null) return;
  process.exitCode = await run(argv, io);
  process.disconnect?.();
}

/** What the pages of the web server ask for most. */
function loadReadingCommands(): Promise<unknown> {
  return Promise.all([
    import('../config/load.ts'),
    import('../config/text-file.ts'),
    import('../stores/stores-of.ts'),
    import('./finding/search.ts'),
    import('./finding/explain.ts'),
    import('./running/status.ts'),
    import('./retention/retention-status.ts'),
    import('./retention/retention-stats.ts'),
  ]);
}

/** For the tests of Firn only: see `parseSizes`. */
function drawSizes(text: string | undefined): void {
  if (text !== undefined && text !== '') setSizes(parseSizes(text));
}

function listenForSignals(controller: AbortController): void {
  let firstAt: number | undefined;
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => {
      const now = performance.now();
      firstAt ??= now;
      if (now - firstAt > INSIST_AFTER_MS) process.exit(128 + number);
      controller.abort(signal);
    });
  }
}

function outputOf(stream: NodeJS.WriteStream, onClosed: () => void): Output {
  let open = true;
  stream.on('error', () => {
    open = false;
    onClosed();
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      // A terminal that does not know its width says 0.
      return stream.columns || 80;
    },
    write(chunk) {
      if (open) stream.write(chunk);
    },
    drained: () =>
      new Promise((resolve) => {
        if (!open || !stream.writableNeedDrain) return resolve();
        const events = ['drain', 'error', 'close'];
        const done = (): void => {
          for (const event of events) stream.off(event, done);
          resolve();
        };
        for (const event of events) stream.on(event, done);
      }),
  };
}

async function* lines(prompt?: () => string): AsyncGenerator<string> {
  const { createInterface } = await import('node:readline');
  const { stdin: input, stderr: output } = process;
  if (prompt === undefined || !isatty(0) || output.isTTY !== true) return yield* createInterface({ input });
  const edited = createInterface({ input, output, terminal: true, historySize: 1000 });
  // The terminal gives the key to the editor, and no signal to the process.
  edited.on('SIGINT', () => process.emit('SIGINT'));
  // Lines that were typed ahead are still to come when the input has ended.
  let isOpen = true;
  edited.once('close', () => {
    isOpen = false;
  });
  const ask = (): void => {
    if (!isOpen) return;
    edited.setPrompt(prompt());
    edited.prompt();
  };
  try {
    ask();
    for await (const line of edited) {
      yield line;
      ask();
    }
  } finally {
    edited.close();
  }
}
