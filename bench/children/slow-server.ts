/**
 * Stands before a server and hands each request on a while later. Usage: slow-server.ts SERVER; prints its own address. Each line that it gets is the
 * delay in milliseconds from then on. Ends with its input.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const [server] = process.argv.slice(2) as [string];
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
let ms = 0;

const proxy = createServer(async (from, to) => {
  await delay(ms);
  // With the name that the client used: the signature is over it.
  const onward = request(`${server}${from.url}`, { method: from.method!, headers: from.headers, agent });
  onward.on('response', (answer) => {
    to.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(to);
  });
  onward.on('error', () => to.destroy());
  from.pipe(onward);
});
proxy.keepAliveTimeout = 60_000;
proxy.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
});
for await (const line of createInterface({ input: process.stdin })) {
  ms = Number(line);
  console.log('set');
}
process.exit();
