import type { CommandRunner } from './command-runner.ts';
import { exactJson } from './exact-json.ts';

/** What a command answered with `--json`. */
export interface Answer {
  readonly argv: readonly string[];
  /** The parsed JSON; null when the command printed none, or an error. */
  readonly json: unknown;
  readonly status: number;
  readonly stderr: string;
}

/** A command's JSON beyond this is not taken apart for a page: it can be downloaded. In bytes. */
const MOST_BYTES = 32 << 20;

/** What a command said, as text. */
export interface Output {
  readonly text: string;
  readonly status: number;
  readonly stderr: string;
}

/** Runs a command and reads its JSON. It is cancelled when `signal` aborts. */
export async function answerOf(
  runner: CommandRunner,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
  const { text, status, stderr } = await outputOf(runner, argv, signal);
  return { argv, json: parsed(text), status, stderr };
}

/** Runs a command and reads all that it prints. It is cancelled when `signal` aborts, and when it prints too much. */
export async function outputOf(
  runner: CommandRunner,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Output> {
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
        return { text: '', status: 1, stderr: TOO_LARGE };
      }
      chunks.push(chunk);
    }
    return { text: Buffer.concat(chunks).toString(), ...(await command.ended) };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** How a command's JSON begins when the command failed; stderr says it in words. */
export const FAILURE: RegExp = /^\{\s*"error":\s*\{/;

const TOO_LARGE = `The answer is larger than ${MOST_BYTES >> 20} MiB. Narrow it down, or run the command in a terminal.`;

function parsed(text: string): unknown {
  if (text.trim() === '') return null;
  if (FAILURE.test(text)) return null;
  try {
    return exactJson(text);
  } catch {
    // A command that was stopped may leave a part of its answer.
    return null;
  }
}
