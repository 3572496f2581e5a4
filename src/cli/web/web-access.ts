import { readFile, stat } from 'node:fs/promises';
import { FirnError } from '../../model/errors.ts';
import type { WebSettings } from '../../model/policy/config.ts';
import { type ListenAddress, parseListenAddress } from '../../operate/service/listen.ts';
import type { WebAccess } from '../../web/access/web-settings.ts';

/** What the command line says beside the configuration file. */
export interface WebFlags {
  readonly listen?: ListenAddress | undefined;
  readonly port?: number | undefined;
  readonly allowChanges?: boolean | undefined;
}

/** Who may open the pages, from the command line first, then from the file. Reads the password file. */
export async function webAccess(settings: WebSettings | null, flags: WebFlags): Promise<WebAccess> {
  const named = flags.listen ?? (settings?.listen == null ? null : parseListenAddress(settings.listen));
  const { host, port } = named ?? { host: '127.0.0.1', port: 0 };
  return {
    listen: { host, port: flags.port ?? port },
    allowChanges: flags.allowChanges === true || (settings?.allowChanges ?? false),
    password: settings?.passwordFile == null ? null : await readPassword(settings.passwordFile),
    proxy: settings?.userHeader == null ? null : { header: settings.userHeader, addresses: settings.proxies },
    hosts: settings?.hosts ?? [],
  };
}

const SHORTEST_PASSWORD = 12;

async function readPassword(path: string): Promise<string> {
  const about = { operation: 'read the password of the web page', path };
  let mode: number;
  let text: string;
  try {
    ({ mode } = await stat(path));
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FirnError('config', (cause as Error).message, { ...about, cause });
  }
  if ((mode & 0o077) !== 0) {
    throw new FirnError('config', 'others can read the password file', {
      ...about,
      hint: `Run chmod 600 on it.`,
    });
  }
  const password = text.split(/\r?\n/, 1)[0]!;
  if (password.length < SHORTEST_PASSWORD) {
    throw new FirnError('config', `the password has less than ${SHORTEST_PASSWORD} characters`, {
      ...about,
      hint: 'Write a longer one into the first line of the file, for example from: openssl rand -base64 18',
    });
  }
  return password;
}
