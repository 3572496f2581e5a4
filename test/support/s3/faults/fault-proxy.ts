import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { ModelAnswer } from '../model/answer.ts';
import { bodyOf } from '../model/model-server.ts';
import type { RawRequest } from '../model/s3-model.ts';
import type { BucketAccess } from '../plain-client.ts';
import { isList } from './fault.ts';
import { type DrawFault, FaultInjector, type FaultyServer } from './fault-injector.ts';

/** A port of this machine through which a real server is reached, and on the way to which things go wrong. */
export class FaultProxy implements AsyncDisposable {
  readonly access: BucketAccess;
  readonly injector: FaultInjector;
  readonly #server: Server;

  private constructor(server: Server, access: BucketAccess, injector: FaultInjector) {
    [this.#server, this.access, this.injector] = [server, access, injector];
  }

  /** @param behind the bucket of the real server. */
  static async start(behind: BucketAccess, draw: DrawFault): Promise<FaultProxy> {
    const injector = new FaultInjector(new ForwardingServer(new URL(behind.endpoint)), draw);
    const server = createServer((request, response) => {
      pass(injector, request, response).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 30_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return new FaultProxy(server, { ...behind, endpoint: `http://127.0.0.1:${port}` }, injector);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.injector.settle();
  }
}

async function pass(
  injector: FaultInjector,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const raw = {
    method: request.method!,
    url: new URL(`http://${request.headers.host}${request.url}`),
    headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: await bodyOf(request),
  };
  const outcome = await injector.handle(raw);
  if ('broken' in outcome) return void request.socket.destroy();
  const { answer, arriving } = outcome;
  response.writeHead(answer.status, answer.headers);
  if (arriving === answer.body.length) return void response.end(answer.body);
  response.write(answer.body.subarray(0, arriving), () => request.socket.destroy());
}

/** Passes requests on as they are: the signature covers the name of the host that the client asked. */
class ForwardingServer implements FaultyServer {
  readonly #to: URL;
  /** Answers to each list, the newest last. */
  readonly #lists = new Map<string, ModelAnswer[]>();

  constructor(to: URL) {
    this.#to = to;
  }

  async handle(request: RawRequest): Promise<ModelAnswer> {
    const result = await forward(request, this.#to);
    if (isList(request) && result.status === 200) {
      const known = this.#lists.get(request.url.search) ?? [];
      this.#lists.set(request.url.search, [...known, result].slice(-8));
    }
    return result;
  }

  handleStale({ url }: RawRequest, changes: number): ModelAnswer | null {
    return this.#lists.get(url.search)?.at(-changes) ?? null;
  }

  changed(): void {}
}

function forward({ method, url, headers, body }: RawRequest, to: URL): Promise<ModelAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ModelAnswer>();
  const outgoing = httpRequest(
    {
      ...{ host: to.hostname, port: to.port, method, path: `${url.pathname}${url.search}` },
      headers: { ...Object.fromEntries(headers), 'content-length': String(body.length), connection: 'close' },
    },
    (incoming) => {
      bodyOf(incoming).then((bytes) => {
        const kept = Object.entries(incoming.headers).filter(
          ([name]) => !['connection', 'transfer-encoding', 'keep-alive'].includes(name),
        );
        resolve({
          status: incoming.statusCode!,
          headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
          body: bytes,
        });
      }, reject);
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
