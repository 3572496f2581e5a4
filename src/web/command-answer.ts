import type { CommandRunner } from './command-runner.ts';
import { exactJson } from './exact-json.ts';

/** What a command answered with `--json`. */
export interface Answer {
  readonly argv: readonly string[];
  /** The parsed JSON; null when the command printed none. */
  readonly json: unknown;
  readonly status: number;
  readonly stderr: string;
}

/** A command's JSON beyond this is not taken apart for a page: it can be downloaded. In bytes. */
const MOST_BYTES = 32 << 20;

/** Runs a command and reads its JSON. It is cancelled when `signal` aborts. */
export async function answerOf(
  runner: CommandRunner,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
  const command = await runner.start(argv);
  const cancel = (): void => command.cancel();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of command.stdout) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) {
        command.cancel();
        await command.ended;
        return { argv, json: null, status: 1, stderr: TOO_LARGE };
      }
      chunks.push(chunk);
    }
    const { status, stderr } = await command.ended;
    return { argv, json: parsed(Buffer.concat(chunks).toString()), status, stderr };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const TOO_LARGE = `The answer is larger than ${MOST_BYTES >> 20} MiB. Narrow it down, or run the command in a terminal.`;

function parsed(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return exactJson(text);
  } catch {
    // A command that was stopped may leave a part of its answer.
    return null;
  }
}
