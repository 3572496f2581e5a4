import type { Context } from 'hono';
import { FAILURE } from '../command-answer.ts';
import type { RunningCommand } from '../command-runner.ts';
import type { Site } from './site.ts';
import { whenGone } from './when-gone.ts';

/**
 * The answer of a command as it is, byte by byte, while it comes. An error that it prints as JSON is an error here too, and so is no answer. A
 * closed connection cancels the command.
 */
export async function twinOf(
  context: Context,
  site: Site,
  argv: readonly string[],
  type: string = 'application/json; charset=utf-8',
): Promise<Response> {
  const command = await site.runner.start(argv);
  whenGone(context, () => command.cancel());
  const chunks = command.stdout[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) {
    const { status, stderr } = await command.ended;
    if (status === 0) return new Response('', { headers: { ...ownHeaders(context), 'Content-Type': type } });
    return context.json({ error: stderr.trim(), exit_status: status }, status === 4 ? 503 : 422);
  }
  const failed = FAILURE.test(Buffer.from(first.value.subarray(0, 64)).toString());
  return new Response(streamOf(command, first.value, chunks), {
    ...{ status: failed ? 422 : 200, headers: { ...ownHeaders(context), 'Content-Type': type } },
  });
}

/** What was set on the response before, such as the security headers. */
function ownHeaders(context: Context): Record<string, string> {
  return Object.fromEntries(context.res.headers);
}

function streamOf(
  command: RunningCommand,
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): ReadableStream<Uint8Array> {
  let waiting: Uint8Array | null = first;
  return new ReadableStream({
    async pull(controller) {
      if (waiting !== null) {
        controller.enqueue(waiting);
        waiting = null;
        return;
      }
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => command.cancel(),
  });
}
