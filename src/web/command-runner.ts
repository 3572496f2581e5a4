/**
 * Every page shows the answer of a command. Who runs commands is decided by who starts the server: the command line runs each in a
 * process of its own, which a closed browser tab can end and whose memory goes back to the system.
 */
export interface CommandRunner {
  /** Starts `firn …argv` on the server's database and archives. Waits while too many run; throws `unavailable` when too many wait. */
  start(argv: readonly string[]): Promise<RunningCommand>;
}

export interface RunningCommand {
  /** What the command writes to its standard output, as it comes. It waits for its reader. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** Resolves when the command has ended; never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Asks the command to stop, as SIGTERM does. */
  cancel(): void;
}

export interface CommandEnd {
  /** The exit status of the command line contract. */
  readonly status: number;
  /** Errors and warnings; the last of them when there are many. */
  readonly stderr: string;
}
