import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/**
 * Calls `then` when the connection is closed, also while the response waits for a client that takes nothing: a stream is only cancelled
 * when it is asked for more. Called after a complete response too.
 */
export function whenGone(context: Context, then: () => void): void {
  const { outgoing } = context.env as { readonly outgoing?: ServerResponse };
  if (outgoing?.destroyed) then();
  else outgoing?.once('close', then);
}

/** Aborts when the connection is closed. */
export function goneSignal(context: Context): AbortSignal {
  const gone = new AbortController();
  whenGone(context, () => gone.abort());
  return gone.signal;
}
