/**
 * Whether a request was meant for this server, and sent by its own pages. Another site can make a browser send requests here
 * (cross-site request forgery), or make its own name point to this address (DNS rebinding); neither can choose these headers.
 */
export interface RequestOrigin {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set. */
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
}

/** Why the request is refused, with the HTTP status; null when it is not. */
export function refusalOf(
  request: RequestOrigin,
  hosts: readonly string[],
): { readonly status: 403 | 421; readonly why: string } | null {
  const host = request.host?.toLowerCase();
  if (host === undefined || !hosts.includes(host)) {
    return { status: 421, why: 'This server does not answer under that host name.' };
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && !isOwn(request.origin, host)) {
    return { status: 403, why: 'A change must be sent by a page of this server.' };
  }
  const { fetchSite, fetchMode } = request;
  const fromElsewhere = fetchSite === 'cross-site' || fetchSite === 'same-site';
  if (fromElsewhere && !(reads && fetchMode === 'navigate')) {
    return { status: 403, why: 'Another site may only link to this server.' };
  }
  return null;
}

function isOwn(origin: string | undefined, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** The values of the Host header under which a server on this address and port answers. */
export function allowedHosts(address: string, port: number, others: readonly string[]): string[] {
  const named = address.includes(':') ? `[${address}]` : address;
  const names = new Set([named, 'localhost', '127.0.0.1', '[::1]']);
  return [...[...names].map((name) => `${name}:${port}`), ...others.map((name) => name.toLowerCase())];
}
