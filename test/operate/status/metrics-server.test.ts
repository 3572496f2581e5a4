import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListenAddress } from '../../../src/operate/service/listen.ts';
import { serveFigures } from '../../../src/operate/service/metrics-server.ts';

test('every answer says what it is', async () => {
  let ok = true;
  await using server = await serveFigures(parseListenAddress('127.0.0.1:0'), {
    metrics: async () => {
      if (!ok) throw new Error('the disk is away');
      return 'firn_up 1\n';
    },
    health: async () => ({ ok, body: { health: 'fine' } }),
  });
  const ask = async (path: string, method = 'GET'): Promise<unknown[]> => {
    const response = await fetch(`${server.url}${path}`, { method });
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  const metrics = 'text/plain; version=0.0.4; charset=utf-8';
  assert.deepEqual(await ask('/metrics'), [200, metrics, 'firn_up 1\n']);
  assert.deepEqual(await ask('/metrics?x=1'), [200, metrics, 'firn_up 1\n']);
  assert.deepEqual(await ask('/metrics', 'HEAD'), [200, metrics, '']);
  assert.deepEqual(await ask('/livez'), [200, 'text/plain', 'alive\n']);
  const health = await ask('/healthz');
  assert.deepEqual(health.slice(0, 2), [200, 'application/json']);
  assert.deepEqual(JSON.parse(health[2] as string), { health: 'fine' });
  const [status, type, text] = await ask('/');
  assert.deepEqual([status, type], [404, 'text/plain']);
  assert.match(text as string, /\/metrics, \/healthz and \/livez/);
  const refused = await fetch(`${server.url}/metrics`, { method: 'DELETE' });
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD']);
  ok = false;
  assert.deepEqual(await ask('/metrics'), [500, 'text/plain', 'the disk is away\n']);
  assert.equal((await ask('/healthz'))[0], 503);
});

test('an address of the sixth version is served, and written with brackets', async () => {
  const figures = { metrics: async () => '', health: async () => ({ ok: true, body: {} }) };
  await using server = await serveFigures(parseListenAddress('[::1]:0'), figures);
  assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await fetch(`${server.url}/livez`)).status, 200);
});

test('once it is disposed of nobody answers', async () => {
  const figures = { metrics: async () => '', health: async () => ({ ok: true, body: {} }) };
  const server = await serveFigures(parseListenAddress('127.0.0.1:0'), figures);
  await fetch(`${server.url}/livez`);
  await server[Symbol.asyncDispose]();
  await assert.rejects(fetch(`${server.url}/livez`));
});

test('a port is at most 65535', () => {
  assert.equal(parseListenAddress('127.0.0.1:65535').port, 65_535);
  assert.throws(() => parseListenAddress('127.0.0.1:65536'), { code: 'usage', path: '127.0.0.1:65536' });
});
