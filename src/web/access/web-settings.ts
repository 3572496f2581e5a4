import { FirnError } from '../../model/errors.ts';
import type { ListenAddress } from '../../operate/service/listen.ts';

/** Who may open the pages, and what they may do. */
export interface WebAccess {
  readonly listen: ListenAddress;
  readonly allowChanges: boolean;
  /** The password that a person types; null when there is none. */
  readonly password: string | null;
  /** A request header in which a reverse proxy names the person, and the addresses of the proxies that are believed. */
  readonly proxy: { readonly header: string; readonly addresses: readonly string[] } | null;
  /** Further host names under which the server may be reached, for a proxy: `firn.example.org`, also with a port. */
  readonly hosts: readonly string[];
}

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|::1)$/;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Throws `refused` for an address that others can reach without a password or a proxy. */
export function requireGuardedAddress({ listen, password, proxy }: WebAccess): void {
  if (isLoopback(listen.host) || password !== null || proxy !== null) return;
  throw new FirnError('refused', `other machines can reach ${listen.host}, and nothing asks who they are`, {
    operation: 'serve the web page',
    path: `${listen.host}:${listen.port}`,
    hint: 'Set web.password_file, or web.user_header for a reverse proxy, in the configuration file, or listen on 127.0.0.1.',
  });
}
