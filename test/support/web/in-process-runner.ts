import { run } from '../../../src/cli/main.ts';
import type { Io, Output } from '../../../src/cli/terminal/io.ts';
import type { CommandRunner } from '../../../src/web/command-runner.ts';
import { TEST_NOW } from '../../cli/world.ts';

export interface RecordingRunner extends CommandRunner {
  /** Every command that pages started. */
  readonly started: (readonly string[])[];
  /** How many commands were cancelled before their end. */
  cancelled(): number;
}

/** Runs the commands of pages in this process, at the instant of the tests. `globals` as the server's own. */
export function inProcessRunner(globals: readonly string[], cwd: string): RecordingRunner {
  const started: (readonly string[])[] = [];
  let cancelled = 0;
  return {
    started,
    cancelled: () => cancelled,
    async start(argv) {
      started.push(argv);
      const controller = new AbortController();
      const out = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, { highWaterMark: 64 });
      const writer = out.writable.getWriter();
      // A reader that went away is no error of the command.
      writer.closed.catch(() => undefined);
      const said: string[] = [];
      let isOver = false;
      let wasCancelled = false;
      const stdout: Output = {
        isTTY: false,
        columns: 80,
        write: (chunk) =>
          void writer
            .write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
            .catch(() => controller.abort('closed pipe')),
        drained: () => writer.ready.catch(() => undefined),
      };
      const io: Io = {
        stdout,
        stderr: { ...stdout, write: (chunk) => said.push(chunk.toString()) },
        stdin: { isTTY: false, async *lines() {} },
        prompter: () => Promise.reject(new Error('nobody is here to be asked')),
        env: {},
        cwd,
        execPath: process.execPath,
        nodeVersion: process.versions.node,
        clock: { now: () => TEST_NOW, monotonic: () => performance.now(), sleep: () => Promise.resolve() },
        signal: controller.signal,
      };
      const ended = run([...globals, ...argv], io).then(async (status) => {
        isOver = true;
        await writer.close().catch(() => undefined);
        return { status, stderr: said.join('') };
      });
      return {
        stdout: out.readable,
        ended,
        cancel() {
          if (!isOver && !wasCancelled) cancelled += 1;
          wasCancelled = true;
          controller.abort('SIGTERM');
        },
      };
    },
  };
}
