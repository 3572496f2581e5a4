import { spawn } from 'node:child_process';

/** Tells systemd how a service does; does nothing where no systemd listens. */
export interface ServiceManager {
  /** Starting is over; `status` is shown by `systemctl status`. */
  ready(status: string): Promise<void>;
  status(status: string): Promise<void>;
  stopping(): Promise<void>;
  /** To be told more often than the watchdog's time; says it to systemd when half of that has passed. */
  alive(now: number): Promise<void>;
}

/**
 * What `sd_notify(3)` does, through the `systemd-notify` command: Node.js cannot write to a datagram socket of the file system. The unit needs
 * `NotifyAccess=all`, as it is a child that speaks.
 * @param env NOTIFY_SOCKET and WATCHDOG_USEC are looked at.
 * @param onProblem told once when the command does not work; systemd would wait for us in vain.
 */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  onProblem: (problem: string) => void,
): ServiceManager {
  const socket = env.NOTIFY_SOCKET;
  if (!socket) {
    const nothing = (): Promise<void> => Promise.resolve();
    return { ready: nothing, status: nothing, stopping: nothing, alive: nothing };
  }
  const watchdogMs = Number(env.WATCHDOG_USEC ?? 0) / 1000;
  let lastAlive = Number.NEGATIVE_INFINITY;
  let failed = false;
  const say = async (...words: readonly string[]): Promise<void> => {
    const problem = await notify(socket, words);
    if (problem !== null && !failed) onProblem(`cannot notify systemd: ${problem}`);
    failed ||= problem !== null;
  };
  return {
    ready: (status) => say('READY=1', `STATUS=${status}`),
    status: (status) => say(`STATUS=${status}`),
    stopping: () => say('STOPPING=1'),
    async alive(now) {
      if (watchdogMs === 0 || (now >= lastAlive && now - lastAlive < watchdogMs / 2)) return;
      lastAlive = now;
      await say('WATCHDOG=1');
    },
  };
}

function notify(socket: string, words: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const oneLine = words.map((word) => word.replaceAll(/\p{Cc}+/gu, ' '));
    const child = spawn('systemd-notify', ['--', ...oneLine], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NOTIFY_SOCKET: socket },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? null : said.trim() || `status ${code}`));
  });
}
