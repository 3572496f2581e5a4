import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A writer of `tool_uses` beside Firn. */
export interface WriterOptions {
  readonly databasePath: string;
  /** Where it logs what it was told; see `write-log.ts`. */
  readonly logPath: string;
  readonly perSecond: number;
  /** Also the prefix of its ids: `w<seed>-<n>`. */
  readonly seed: number;
  /** Rows get times between `now - oldestMs` and `now` (milliseconds). */
  readonly now: number;
  readonly oldestMs: number;
  /** The share of writes that update a row of its own, from 0 to 1. */
  readonly updates: number;
  /** The `result_status` of new rows is one of these. */
  readonly statuses: readonly string[];
}

/** A running writer. */
export class Writer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<readonly unknown[]>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit');
  }

  /** Resolves once the writer has the database open. */
  static async start(options: WriterOptions): Promise<Writer> {
    const program = fileURLToPath(new URL('writer-process.ts', import.meta.url));
    const child = fork(program, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const writer = new Writer(child);
    await Promise.race([once(child, 'message'), writer.#failed()]);
    return writer;
  }

  /** Lets it finish its write. Throws when it failed before. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.send('stop');
    await this.#failed();
  }

  /** SIGKILL, in the midst of whatever it does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #failed(): Promise<void> {
    const [code, signal] = await this.#ended;
    if (code !== 0) throw new Error(`the writer ended with ${code ?? signal}`);
  }
}
