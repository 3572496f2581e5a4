import type { WebSettings } from '../../model/policy/config.ts';
import { type ListenAddress, parseListenAddress } from '../../operate/service/listen.ts';
import { runService } from '../../operate/service/run-service.ts';
import { figuresOf } from '../../operate/status/metrics-source.ts';
import { type Command, defineCommand, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';
import type { LogFormat } from './service/service-log.ts';
import { listening, watchService } from './service/watch-service.ts';

const FORMATS: readonly LogFormat[] = ['text', 'json'];

export const command: Command = defineCommand({
  description:
    'Runs the scheduler in the foreground, for containers and services. It starts each job at its time (daily at 02:00, weekly on Sundays at 03:00, ' +
    'monthly on the first day at 04:00, or as configured), one at a time. A job that was missed while the scheduler or the machine was off runs ' +
    'once afterwards. If the database is busy, the scheduler retries with increasing delay. SIGTERM and SIGINT stop it after the current batch.\n' +
    'With --listen it serves /metrics for Prometheus, /healthz (503 if something needs attention) and /livez; with web.listen in the configuration, the page of firn web. It reports its state to systemd (Type=notify).',
  options: {
    listen: value<ListenAddress>(
      '--listen <ADDRESS>',
      'serve metrics and health on this address: 127.0.0.1:9200',
      {
        parse: parseListenAddress,
      },
    ),
    logFormat: value<LogFormat>('--log-format <FORMAT>', 'log format on stderr (default text)', {
      choices: FORMATS,
    }),
    maxRuntime: value(
      '--max-runtime <DUR>',
      'stop each job cleanly after this time; the next run continues',
      {
        parse: positiveDuration,
      },
    ),
  },
  examples: [
    ['firn run', 'run the scheduler'],
    ['firn run --listen 127.0.0.1:9200 --log-format json', 'run in a container with metrics for Prometheus'],
  ],
  async run(context, _, { listen, logFormat, maxRuntime }) {
    const { io } = context;
    const stores = await context.stores();
    const watched = watchService(context, logFormat ?? 'text');
    const { log, working } = watched;
    await using _server =
      listen === undefined ? null : await listening(listen, figuresOf(stores, working), log);

    const { web } = await context.config();
    await using _pages = web === null || web.listen === null ? null : await servingPages(web);

    async function servingPages(settings: WebSettings): Promise<AsyncDisposable> {
      const [{ startWeb }, { webAccess }] = await Promise.all([
        import('../web/start-web.ts'),
        import('../web/web-access.ts'),
      ]);
      const access = await webAccess(settings, {});
      const pages = await startWeb(context, access, figuresOf(stores, working));
      const address = access.password === null && access.proxy === null ? pages.entrance : pages.url;
      log('info', `web page: ${address}`, { event: 'web', url: address });
      return pages;
    }

    await runService(stores, { signal: io.signal, maxRuntimeMs: maxRuntime ?? null, tell: watched.tell });
    await watched.stopped();
    return EXIT.done;
  },
  async many(context, fleet, _, { listen, logFormat, maxRuntime }) {
    const { runForAll } = await import('./service/run-for-all.ts');
    const settings = { listen: listen ?? null, logFormat: logFormat ?? 'text', maxRuntime } as const;
    return await runForAll(context, fleet, settings);
  },
});
