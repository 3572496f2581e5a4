import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { listen } from '../../operate/service/listen.ts';
import type { Figures } from '../../operate/service/metrics-server.ts';
import { createSessions } from '../access/sessions.ts';
import { requireGuardedAddress, type WebAccess } from '../access/web-settings.ts';
import type { Site } from '../frame/site.ts';
import { webApp } from './web-app.ts';

export interface WebServer extends AsyncDisposable {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** The address with the token that opens the pages once in one browser. */
  readonly entrance: string;
}

/** A client that takes or sends nothing for this long is cut off: what it asked for holds a read transaction. */
const IDLE_MS = 2 * 60_000;
/** More connections wait for nothing good. */
const MOST_CONNECTIONS = 200;

/** Serves the pages until disposed of. Throws `refused` for an unguarded address, `io` for one that cannot be listened on. */
export async function serveWeb(
  site: Site,
  access: WebAccess,
  figures: Figures | null = null,
): Promise<WebServer> {
  requireGuardedAddress(access);
  const sessions = createSessions(() => site.clock().getTime());
  let port = access.listen.port;
  const app = webApp({ site, access, sessions, figures, port: () => port });
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000 },
    getRequestListener(app.fetch),
  );
  server.setTimeout(IDLE_MS);
  server.maxConnections = MOST_CONNECTIONS;
  const listening = await listen(server, access.listen);
  port = listening.port;
  return {
    url: listening.url,
    entrance: `${listening.url}/?token=${sessions.oneTimeToken}`,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
