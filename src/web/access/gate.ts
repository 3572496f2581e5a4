import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { SECURITY_HEADERS } from './headers.ts';
import { type Attempts, attemptsFor } from './login-attempts.ts';
import { loginPage, refusalPage } from './login-page.ts';
import { refusalOf } from './request-origin.ts';
import { equalTexts, type Sessions } from './sessions.ts';
import type { WebAccess } from './web-settings.ts';

export interface GateOptions {
  readonly access: WebAccess;
  readonly sessions: Sessions;
  readonly hosts: () => readonly string[];
  readonly port: () => number;
  readonly now: () => number;
  /** The address of the other end of the connection. */
  readonly peer: (context: Context) => string | undefined;
}

/** Where nothing is asked for: what every browser may have before it is known. */
const OPEN_PATHS = /^\/(?:assets\/|livez$)/;

/** Lets a request through when it comes from one of our pages and from a known browser; answers it otherwise. */
export function gate(options: GateOptions): MiddlewareHandler {
  const { access, sessions } = options;
  // Cookies do not tell ports apart: two servers on one machine need two names.
  const cookie = (): string => `firn_${options.port()}`;
  const attempts = attemptsFor(options.now);

  function begin(context: Context, secret: string): void {
    const secure = context.req.header('x-forwarded-proto') === 'https';
    setCookie(context, cookie(), secret, { httpOnly: true, sameSite: 'Strict', path: '/', secure });
  }

  function isKnown(context: Context): boolean {
    const { proxy } = access;
    if (proxy !== null && context.req.header(proxy.header) && isProxy(options.peer(context), proxy.addresses))
      return true;
    const secret = getCookie(context, cookie());
    return secret !== undefined && sessions.isOpen(secret);
  }

  return async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    const { req } = context;
    const refusal = refusalOf(
      {
        method: req.method,
        host: req.header('host'),
        origin: req.header('origin'),
        fetchSite: req.header('sec-fetch-site'),
        fetchMode: req.header('sec-fetch-mode'),
      },
      options.hosts(),
    );
    if (refusal !== null) return context.html(refusalPage(refusal.why), refusal.status);
    if (OPEN_PATHS.test(req.path)) return next();
    context.header('Cache-Control', 'no-store');
    const token = req.query('token');
    if (token !== undefined && req.method === 'GET') {
      const secret = sessions.redeem(token);
      if (secret !== null) begin(context, secret);
      if (secret !== null || isKnown(context)) return context.redirect(withoutToken(req.url));
    }
    if (isKnown(context)) {
      if (req.path !== '/logout' || req.method !== 'POST') return next();
      sessions.close(getCookie(context, cookie()) ?? '');
      deleteCookie(context, cookie(), { path: '/' });
      return context.redirect('/', 303);
    }
    if (req.path === '/login' && req.method === 'POST' && access.password !== null) {
      return login(context, access.password, attempts);
    }
    return context.html(loginPage({ password: access.password !== null, wrong: false, to: req.path }), 401);
  };

  async function login(context: Context, password: string, tries: Attempts): Promise<Response> {
    if (!tries.allowed()) return context.html(refusalPage('Too many wrong passwords. Wait a minute.'), 429);
    const form = await context.req.parseBody();
    const [typed, to] = [String(form.password ?? ''), String(form.to ?? '/')];
    if (!equalTexts(typed, password)) {
      tries.failed();
      return context.html(loginPage({ password: true, wrong: true, to }), 401);
    }
    begin(context, sessions.open());
    return context.redirect(/^\/(?![/\\])/.test(to) ? to : '/', 303);
  }
}

function withoutToken(url: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete('token');
  const rest = searchParams.toString();
  // Two slashes at the beginning would name another host.
  return pathname.replace(/^\/+/, '/') + (rest === '' ? '' : `?${rest}`);
}

function isProxy(peer: string | undefined, addresses: readonly string[]): boolean {
  return peer !== undefined && addresses.includes(peer.replace(/^::ffff:/, ''));
}
