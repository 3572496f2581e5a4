import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FirnError } from '../../model/errors.ts';

/** Where to listen: a host name or address, and a port; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What is served. */
export interface Figures {
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** `ok` decides between 200 and 503. */
  health(): Promise<{ readonly ok: boolean; readonly body: object }>;
}

/** Reads `127.0.0.1:9200`, `[::1]:9200` or `localhost:9200`. Throws `usage`. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new FirnError('usage', `${JSON.stringify(text)} is not an address such as 127.0.0.1:9200`, {
      operation: 'read the address to listen on',
      path: text,
    });
  }
  return { host: (match[1] ?? match[2])!, port };
}

/**
 * Serves `/metrics`, `/healthz` (503 when something needs attention) and `/livez` (200 as long as it answers) until disposed of.
 * Throws `io` when the address cannot be listened on.
 */
export async function serveFigures(
  address: ListenAddress,
  figures: Figures,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    answer(figures, request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`${error.message}\n`);
    });
  });
  await listening(server, address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new FirnError('io', cause.message, {
          operation: 'listen',
          path: `${host}:${port}`,
          hint: 'Check if another program uses this address.',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function answer(figures: Figures, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  } else if (path === '/metrics') {
    const text = await figures.metrics();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  } else if (path === '/healthz') {
    const { ok, body } = await figures.health();
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body, null, 2)}\n`);
  } else if (path === '/livez') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('alive\n');
  } else {
    response
      .writeHead(404, { 'content-type': 'text/plain' })
      .end('available: /metrics, /healthz and /livez\n');
  }
}
