import type { Hono } from 'hono';
import type { Figures } from '../../operate/service/metrics-server.ts';

/** Metrics and health on the same port as the pages, for a scheduler that serves both. */
export function serveHealth(app: Hono, figures: Figures): void {
  app.get('/metrics', async (context) =>
    context.body(await figures.metrics(), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.get('/healthz', async (context) => {
    const { ok, body } = await figures.health();
    return context.json(body, ok ? 200 : 503);
  });
  app.get('/livez', (context) => context.text('alive\n'));
}
