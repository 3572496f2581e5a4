/**
 * Stands before a server and answers each request so much later. Usage: slow-server.ts SERVER MS; prints its own address, and for each line that it
 * gets the requests since the last one.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [server, ms] = process.argv.slice(2) as [string, string];
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

const proxy = createServer(async (from, to) => {
  // The signature is over the name that the client used.
  const { method, url, headers } = from;
  await delay(Number(ms));
  const onward = request(`${server}${url}`, { method: method!, headers, agent }, (answer) => {
    to.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(to);
  });
  onward.on('error', () => to.destroy());
  from.pipe(onward);
});
proxy.keepAliveTimeout = 60_000;
proxy.listen(0, '127.0.0.1', () => {
  const { port } = proxy.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}`);
});
process.stdin.on('end', () => process.exit()).resume();
