import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { after, before, test } from 'node:test';
import { serveWeb } from '../../src/web/server/serve-web.ts';
import { archivedFolder, ON_LOOPBACK, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
before(async () => {
  folder = await archivedFolder(200);
});
after(() => folder.remove());

interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Bytes of the body, compressed as they came. */
  readonly length: number;
}

/** A request with any headers and any path, as no browser would send it. */
function raw(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: body.toString(), length: body.length });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('without a token, and with a wrong one, nothing of the database is said', async (t) => {
  const { server, runner } = await serveFolder(t, folder);
  for (const path of ['/', '/overview.json', '/search', '/?token=wrong', '/metrics', '/no/such/page']) {
    const { status, text, headers } = await raw(server.url, path);
    assert.equal(status, 401, path);
    assert.doesNotMatch(text, /tool_uses|ideas\.db/);
    assert.equal(headers['set-cookie'], undefined);
  }
  assert.deepEqual(runner.started, []);
});

test('the printed token opens the page once, and becomes a cookie that scripts and other sites do not get', async (t) => {
  const { server } = await serveFolder(t, folder);
  const path = server.entrance.slice(server.url.length);
  const first = await raw(server.url, path);
  assert.equal(first.status, 302);
  assert.equal(first.headers.location, '/');
  const [cookie] = first.headers['set-cookie'] as string[];
  assert.match(cookie!, /^firn_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.equal((await raw(server.url, path)).status, 401);
  const opened = await raw(server.url, '/overview.json', { cookie: cookie!.split(';')[0]! });
  assert.equal(opened.status, 200, opened.text);
});

test('a request under another host name is refused, with a valid cookie too (DNS rebinding)', async (t) => {
  const { server, cookie } = await serveFolder(t, folder);
  const known = await cookie();
  const { port } = new URL(server.url);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1.evil.example:${port}`,
  ]) {
    assert.equal((await raw(server.url, '/', { host, cookie: known })).status, 421, host);
  }
  assert.equal((await raw(server.url, '/', { host: `localhost:${port}`, cookie: known })).status, 200);
});

test('a request that another site makes a browser send is refused, but a link leads to the page', async (t) => {
  const { server, cookie } = await serveFolder(t, folder);
  const known = await cookie();
  const from = async (site: string, mode: string): Promise<number> =>
    (await raw(server.url, '/', { cookie: known, 'sec-fetch-site': site, 'sec-fetch-mode': mode })).status;
  assert.equal(await from('cross-site', 'no-cors'), 403);
  assert.equal(await from('same-site', 'cors'), 403);
  assert.equal(await from('cross-site', 'navigate'), 200);
  assert.equal(await from('none', 'navigate'), 200);
  assert.equal(await from('same-origin', 'cors'), 200);
});

test('a POST without the origin of the page is refused (CSRF)', async (t) => {
  const { server, get } = await serveFolder(t, folder, { allowChanges: true });
  const post = (origin: string | null): Promise<Response> =>
    get('/logout', { method: 'POST', headers: origin === null ? {} : { origin } });
  for (const origin of [null, 'null', 'http://evil.example', `${server.url}.evil.example`]) {
    assert.equal((await post(origin)).status, 403, String(origin));
  }
  assert.equal((await post(server.url)).status, 303);
  assert.equal((await get('/')).status, 401);
});

test('every response forbids scripts, frames and contents from elsewhere', async (t) => {
  const { server, get } = await serveFolder(t, folder);
  const answers = [
    await get('/'),
    await get('/overview.json'),
    await get('/assets/firn.js'),
    await get('/nothing'),
  ];
  const refused = await raw(server.url, '/', { host: 'evil.example' });
  for (const headers of [...answers.map((one) => Object.fromEntries(one.headers)), refused.headers]) {
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  }
});

test('no path leaves the list of assets', async (t) => {
  const { server } = await serveFolder(t, folder);
  for (const path of [
    '/assets/../package.json',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/....//package.json',
    '/assets/firn.js%00.css',
    '/assets//etc/passwd',
    '/assets/constructor',
  ]) {
    const { status, text } = await raw(server.url, path);
    assert.ok(status === 404 || status === 401, `${path}: ${status}`);
    assert.doesNotMatch(text, /"firn-db"|root:/);
  }
});

test('the pages need less than 100 kB of assets, compressed', async (t) => {
  const { server } = await serveFolder(t, folder);
  let bytes = 0;
  for (const name of ['firn.css', 'firn.js', 'firn.svg', 'plot.js', 'uplot.js', 'uplot.css']) {
    const { status, headers, length } = await raw(server.url, `/assets/${name}`, { 'accept-encoding': 'br' });
    assert.equal(status, 200, name);
    assert.equal(headers['content-encoding'], 'br');
    assert.ok(length > 100, name);
    bytes += length;
  }
  assert.ok(bytes < 100_000, `${bytes} bytes`);
});

test('an address that other machines reach is refused without a password or a proxy', async (t) => {
  const trial = await serveFolder(t, folder);
  const listen = { host: '0.0.0.0', port: 0 };
  await assert.rejects(serveWeb({ ...siteOf(trial) }, { ...ON_LOOPBACK, listen }), {
    code: 'refused',
    message: /other machines can reach 0\.0\.0\.0/,
  });
});

test('a password opens a session; ten wrong ones close the door for a minute', async (t) => {
  const { server } = await serveFolder(t, folder, { password: 'correct horse battery' });
  const login = (password: string, to = '/sql'): Promise<Response> =>
    fetch(`${server.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: server.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ password, to }),
    });
  assert.equal((await login('wrong')).status, 401);
  const opened = await login('correct horse battery');
  assert.equal(opened.status, 303);
  assert.equal(opened.headers.get('location'), '/sql');
  assert.equal((await login('correct horse battery', '//evil.example')).headers.get('location'), '/');
  for (let at = 0; at < 9; at += 1) assert.equal((await login('wrong')).status, 401);
  assert.equal((await login('correct horse battery')).status, 429);
});

test('a header that names the person is believed from the proxy only', async (t) => {
  const header = 'X-Forwarded-User';
  const trusting = await serveFolder(t, folder, { proxy: { header, addresses: ['127.0.0.1'] } });
  assert.equal((await raw(trusting.server.url, '/overview.json', { [header]: 'ada' })).status, 200);
  assert.equal((await raw(trusting.server.url, '/overview.json')).status, 401);
  const other = await serveFolder(t, folder, { proxy: { header, addresses: ['10.0.0.1'] } });
  assert.equal((await raw(other.server.url, '/overview.json', { [header]: 'ada' })).status, 401);
});

function siteOf({ runner, folder: place, globals }: Awaited<ReturnType<typeof serveFolder>>) {
  return {
    ...{ runner, globals, allowChanges: false, database: place },
    clock: () => new Date(0),
  };
}
