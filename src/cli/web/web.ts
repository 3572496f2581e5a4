import { FirnError } from '../../model/errors.ts';
import { type ListenAddress, parseListenAddress } from '../../operate/service/listen.ts';
import { type Command, defineCommand, flag, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { openBrowser } from './open-browser.ts';
import { startWeb } from './start-web.ts';
import { webAccess } from './web-access.ts';

export const command: Command = defineCommand({
  description:
    'Serves a web page on the database and the archives: health, search, rows, policies, archive files, runs, holds, SQL and restore. ' +
    'It prints an address with a token that opens the page once, in one browser. SIGINT and SIGTERM stop it.\n' +
    'The page listens on 127.0.0.1 and changes nothing, unless you say otherwise. Other addresses need a password file or a reverse proxy ' +
    '(web: in the configuration file).',
  options: {
    port: value('--port <N>', 'port to listen on (default: a free one)', { parse: parsePort }),
    open: flag('--open', 'open the page in your browser'),
    allowChanges: flag('--allow-changes', 'allow the page to archive, restore, verify, pause and hold'),
    listen: value<ListenAddress>('--listen <ADDRESS>', 'address to listen on: 127.0.0.1:9300', {
      parse: parseListenAddress,
    }),
  },
  examples: [
    ['firn web --open', 'look at the page in your browser'],
    ['firn web --listen 127.0.0.1:9300', 'use the same port each time'],
  ],
  async run(context, _, { port, open, allowChanges, listen }) {
    const { io } = context;
    const access = await webAccess((await context.config()).web, { port, listen, allowChanges });
    {
      // Reports a missing database at once, and not on every page.
      await using _opened = await context.read();
    }
    await using server = await startWeb(context, access);
    context.print(access.password === null && access.proxy === null ? server.entrance : server.url);
    context.note(
      access.allowChanges ? 'Changes are allowed. Press Ctrl-C to stop.' : 'Read-only. Press Ctrl-C to stop.',
    );
    if (open) {
      const problem = await openBrowser(server.entrance);
      if (problem !== null) context.warn(`could not open a browser: ${problem}`);
    }
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener('abort', () => resolve());
    });
    return EXIT.done;
  },
});

function parsePort(word: string, name: string): number {
  const port = /^[0-9]{1,5}$/.test(word) ? Number(word) : Number.NaN;
  if (port <= 65_535) return port;
  throw new FirnError('usage', `${name} takes a port from 0 to 65535, not ${JSON.stringify(word)}`, {
    operation: 'read the command line',
  });
}
