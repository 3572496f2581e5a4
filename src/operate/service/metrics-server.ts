import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ListenAddress, type Listening, listen } from './listen.ts';

/** What is served. */
export interface Figures {
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** `ok` decides between 200 and 503. */
  health(): Promise<{ readonly ok: boolean; readonly body: object }>;
}

/**
 * Serves `/metrics`, `/healthz` (503 when something needs attention) and `/livez` (200 as long as it answers) until disposed of.
 * Throws `io` when the address cannot be listened on.
 */
export async function serveFigures(address: ListenAddress, figures: Figures): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(figures, request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`${error.message}\n`);
    });
  });
  return listen(server, address);
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
