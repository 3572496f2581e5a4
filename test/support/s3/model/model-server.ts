import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { BucketAccess } from '../plain-client.ts';
import type { S3Model } from './s3-model.ts';

/** The model behind a port of this machine, for programs that are processes of their own. */
export class ModelServer implements AsyncDisposable {
  readonly access: BucketAccess;
  readonly #server: Server;

  private constructor(server: Server, access: BucketAccess) {
    [this.#server, this.access] = [server, access];
  }

  static async start(model: S3Model): Promise<ModelServer> {
    const server = createServer((request, response) => {
      bodyOf(request).then(
        (body) => {
          const headers = new Map(
            Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
          );
          const url = new URL(`http://${request.headers.host}${request.url}`);
          const result = model.handle({ method: request.method!, url, headers, body });
          response.writeHead(result.status, result.headers).end(result.body);
        },
        () => response.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return new ModelServer(server, { ...model.access, endpoint: `http://127.0.0.1:${port}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
