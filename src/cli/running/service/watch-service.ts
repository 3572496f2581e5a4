import type { ListenAddress } from '../../../operate/service/listen.ts';
import { type Figures, serveFigures } from '../../../operate/service/metrics-server.ts';
import type { ServiceEvent } from '../../../operate/service/run-service.ts';
import { serviceManager } from '../../../operate/service/sd-notify.ts';
import type { Context } from '../../frame/context.ts';
import { entryOf, type LogFormat, serviceLog } from './service-log.ts';

type Log = ReturnType<typeof serviceLog>;

/** Whoever watches a scheduler: its log and systemd. */
export interface WatchedService {
  readonly log: Log;
  /** Whether a job runs now. */
  readonly working: () => boolean;
  readonly tell: (event: ServiceEvent) => Promise<void>;
  /** Says that it has ended, after the signal. */
  stopped(): Promise<void>;
}

export function watchService({ io, flags }: Context, format: LogFormat): WatchedService {
  const log = serviceLog(io, format);
  const manager = serviceManager(io.env, (problem) => log('warn', problem));
  let working = false;
  let ready = false;
  return {
    log,
    working: () => working,
    async tell(event) {
      if (event.event === 'started') working = true;
      if (event.event === 'ended') working = false;
      const entry = entryOf(event);
      if (entry !== null) {
        if (!flags.quiet || entry.level !== 'info') log(entry.level, entry.message, entry.fields);
        await manager.status(entry.message);
      }
      if (!ready) await manager.ready('started');
      ready = true;
      await manager.alive(io.clock.monotonic());
    },
    async stopped() {
      const reason = String(io.signal.reason);
      await manager.stopping();
      log('info', `stopped: ${reason}`, { event: 'stopped', reason });
    },
  };
}

/** Serves metrics and health until it is disposed of. */
export async function listening(
  address: ListenAddress,
  figures: Figures,
  log: Log,
): Promise<AsyncDisposable> {
  const server = await serveFigures(address, figures);
  log('info', `listening on ${server.url}`, { event: 'listening', url: server.url });
  return server;
}
