import {
  type ListenAddress,
  parseListenAddress,
  serveFigures,
} from '../../operate/service/metrics-server.ts';
import { serviceManager } from '../../operate/service/sd-notify.ts';
import { figuresOf } from '../../stores/metrics-source.ts';
import { runService, type ServiceEvent } from '../../stores/run-scheduler.ts';
import { type Command, defineCommand, value } from '../command.ts';
import { positiveDuration } from '../durations.ts';
import { EXIT } from '../exit-status.ts';
import { entryOf, type LogFormat, serviceLog } from '../service-log.ts';

const FORMATS: readonly LogFormat[] = ['text', 'json'];

export const command: Command = defineCommand({
  description:
    'The scheduler in the foreground, for containers and services: runs each job when it is due (daily at 02:00, weekly on Sundays at 03:00, ' +
    'monthly on the first at 04:00, or as the configuration says), one at a time. What was missed while it or the machine slept is made ' +
    'up for once. A busy database is asked again, later and later. SIGTERM and SIGINT stop it after the running batch.\n' +
    'With --listen it serves /metrics for Prometheus, /healthz (503 when something needs attention) and /livez. It tells systemd (Type=notify) how it does.',
  options: {
    listen: value<ListenAddress>('--listen <ADDRESS>', 'serve figures there: 127.0.0.1:9200', {
      parse: parseListenAddress,
    }),
    logFormat: value('--log-format <FORMAT>', 'lines on stderr (default text)', { choices: FORMATS }),
    maxRuntime: value('--max-runtime <DUR>', 'stop each job cleanly after this time; the next run goes on', {
      parse: positiveDuration,
    }),
  },
  examples: [
    ['firn run', 'run the jobs when they are due'],
    ['firn run --listen 127.0.0.1:9200 --log-format json', 'in a container, watched by Prometheus'],
  ],
  async run(context, _, { listen, logFormat, maxRuntime }) {
    const { io } = context;
    const config = await context.config();
    const log = serviceLog(io, (logFormat ?? 'text') as LogFormat);
    const manager = serviceManager(io.env, (problem) => log('warn', problem));
    let working = false;
    let ready = false;
    const tell = async (event: ServiceEvent): Promise<void> => {
      if (event.event === 'started') working = true;
      if (event.event === 'ended') working = false;
      const entry = entryOf(event);
      if (entry !== null) {
        if (!context.flags.quiet || entry.level !== 'info') log(entry.level, entry.message, entry.fields);
        await manager.status(entry.message);
      }
      if (!ready) await manager.ready('started');
      ready = true;
      await manager.alive(io.clock.monotonic());
    };
    await using _server =
      listen === undefined
        ? null
        : await listening(
            listen,
            figuresOf(config, io.clock, () => working),
          );

    async function listening(
      address: ListenAddress,
      figures: Parameters<typeof serveFigures>[1],
    ): Promise<AsyncDisposable> {
      const server = await serveFigures(address, figures);
      log('info', `listening on ${server.url}`, { event: 'listening', url: server.url });
      return server;
    }

    await runService(config, io.clock, { signal: io.signal, maxRuntimeMs: maxRuntime ?? null, tell });
    await manager.stopping();
    log('info', `stopped: ${String(io.signal.reason)}`, {
      event: 'stopped',
      reason: String(io.signal.reason),
    });
    return EXIT.done;
  },
});
