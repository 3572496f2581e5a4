import type { Context } from '../frame/context.ts';

/** Asks a person on the terminal whether to go on; false for everything but `y` and `yes`. Null where nobody can be asked. */
export function askOnTerminal({ io }: Context): ((question: string) => Promise<boolean>) | null {
  if (!io.stdin.isTTY || !io.stderr.isTTY) return null;
  return async (question) => {
    io.stderr.write(`${question}. Continue? [y/N] `);
    for await (const answer of io.stdin.lines()) return /^\s*y(es)?\s*$/i.test(answer);
    return false;
  };
}
