/** The variable that tells a process to wait for the command of its parent. */
export const WAITS = 'FIRN_WAITS_FOR_COMMAND';

/** The process, as far as it talks to its parent. */
interface Channel {
  once(event: 'message', listener: (message: { readonly argv: readonly string[] }) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/**
 * Waits for the one command that the web server will send, and loads meanwhile what commands need, so that a page does not pay for the
 * start. Null: the server is gone before it sent one. `onOrphaned` is called when it goes later: nobody reads the answer then.
 */
export async function commandOfParent(
  channel: Channel,
  load: () => Promise<unknown>,
  onOrphaned: () => void,
): Promise<readonly string[] | null> {
  const command = new Promise<readonly string[] | null>((resolve) => {
    channel.once('message', ({ argv }) => resolve(argv));
    channel.once('disconnect', () => {
      resolve(null);
      onOrphaned();
    });
  });
  await load();
  return command;
}
