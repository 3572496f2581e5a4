import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FirnError } from '../../model/errors.ts';

/** Where to listen: a host name or address, and a port; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A server that listens until it is disposed of, which ends its connections. */
export interface Listening extends AsyncDisposable {
  /** `http://127.0.0.1:9200` */
  readonly url: string;
  readonly port: number;
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

/** Makes a server listen. Throws `io` when the address cannot be listened on. */
export async function listen(server: Server, address: ListenAddress): Promise<Listening> {
  await listening(server, address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    port,
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
