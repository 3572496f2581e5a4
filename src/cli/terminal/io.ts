import type { Clock } from '../../model/clock.ts';
import type { Prompter } from './prompter.ts';

/** A stream as the program sees it: bytes go in, and it knows whether a person looks at them. */
export interface Output {
  readonly isTTY: boolean;
  /** Width in characters; 80 when nobody looks. */
  readonly columns: number;
  write(chunk: string | Uint8Array): void;
  /** Resolves when the system has taken what was written; for answers that stream. */
  drained(): Promise<void>;
}

/** Everything the program has of the world outside: what `process` is to a process. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What a person or a pipe types, for questions and the shell. */
  readonly stdin: {
    readonly isTTY: boolean;
    /** @param prompt on a terminal, what to print before each line, which can be edited then. */
    lines(prompt?: () => string): AsyncIterable<string>;
  };
  /** Questions on the terminal, drawn on stderr. Only where stdin and stderr are terminals. */
  prompter(): Promise<Prompter>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The Node.js that runs this, for command lines that others will run. */
  readonly execPath: string;
  /** Its version, `24.16.0`. */
  readonly nodeVersion: string;
  readonly clock: Clock;
  /** Aborts on SIGINT, SIGTERM and SIGHUP, and when stdout is closed by its reader. */
  readonly signal: AbortSignal;
}
