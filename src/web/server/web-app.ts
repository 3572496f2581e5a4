import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { FirnError } from '../../model/errors.ts';
import type { Figures } from '../../operate/service/metrics-server.ts';
import { gate } from '../access/gate.ts';
import { allowedHosts } from '../access/request-origin.ts';
import type { Sessions } from '../access/sessions.ts';
import type { WebAccess } from '../access/web-settings.ts';
import { wholeDocument } from '../frame/document.ts';
import { html } from '../frame/markup.ts';
import { servePage } from '../frame/page.ts';
import type { Site } from '../frame/site.ts';
import { archives } from '../pages/archives/archives.ts';
import { archiveFile } from '../pages/archives/file.ts';
import { serveChanges } from '../pages/changes/serve-changes.ts';
import { heldCounts } from '../pages/holds/held-counts.ts';
import { holds } from '../pages/holds/holds-page.ts';
import { overview } from '../pages/overview/overview.ts';
import { policies } from '../pages/policies/policies-page.ts';
import { restore } from '../pages/restore/restore-page.ts';
import { serveKeyConditions } from '../pages/restore/serve-key-conditions.ts';
import { rowPage } from '../pages/row/row.ts';
import { serveRunEvents } from '../pages/runs/run-events.ts';
import { runs } from '../pages/runs/runs.ts';
import { serveSearch } from '../pages/search/serve-search.ts';
import { serveSql } from '../pages/sql/sql-page.ts';
import { timelinePage } from '../pages/timeline/timeline-page.ts';
import { serveAssets } from './assets.ts';
import { serveHealth } from './serve-health.ts';

export interface WebAppOptions {
  readonly site: Site;
  readonly access: WebAccess;
  readonly sessions: Sessions;
  /** The port that the server got. */
  readonly port: () => number;
  /** Metrics and health, when the scheduler serves the pages. */
  readonly figures: Figures | null;
}

/** All pages of `firn web`, behind the gate. */
export function webApp({ site, access, sessions, port, figures }: WebAppOptions): Hono {
  const app = new Hono();
  app.use(
    gate({
      access,
      sessions,
      port,
      hosts: () => allowedHosts(access.listen.host, port(), access.hosts),
      now: () => site.clock().getTime(),
      peer: (context) => getConnInfo(context).remote.address,
    }),
  );
  serveAssets(app);
  if (figures !== null) serveHealth(app, figures);
  servePage(app, site, overview);
  serveSearch(app, site);
  servePage(app, site, rowPage);
  servePage(app, site, timelinePage);
  servePage(app, site, runs);
  serveRunEvents(app, site);
  servePage(app, site, archives);
  servePage(app, site, archiveFile);
  servePage(app, site, policies);
  serveSql(app, site);
  servePage(app, site, holds);
  servePage(app, site, heldCounts);
  serveKeyConditions(app, site);
  servePage(app, site, restore);
  serveChanges(app, site);
  app.notFound((context) => {
    const about = { title: 'Not found', path: '', site };
    return context.html(
      wholeDocument(
        about,
        html`<p>There is no page at this address. <a href="/">Go to the overview.</a></p>`,
      ),
      404,
    );
  });
  app.onError((error, context) => {
    const busy = error instanceof FirnError && error.code === 'unavailable';
    const about = { title: busy ? 'Busy' : 'Something went wrong', path: '', site };
    const body = wholeDocument(about, html`<p role="alert" class="problem">${error.message}</p>`);
    return context.html(body, busy ? 503 : 500);
  });
  return app;
}
