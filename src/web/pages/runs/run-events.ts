import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { HistoryAnswer } from '../../../library/answers/running/history-answer.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { answerOf } from '../../command-answer.ts';
import type { Site } from '../../frame/site.ts';
import { runningNow, somethingRuns } from './running-now.ts';

/** How long the page waits between two looks, in milliseconds. */
const EVERY_MS = 2000;
/** A running run is among the newest. */
const NEWEST: readonly string[] = ['history', '--limit', '5', '--json'];

/** Sends what runs now, every two seconds, until nothing runs (`end`) or the browser has gone. */
export function serveRunEvents(app: Hono, site: Site, everyMs: Milliseconds = EVERY_MS): void {
  app.get('/runs/events', (context) =>
    streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      while (!gone.signal.aborted) {
        const { json, stderr } = await answerOf(site.runner, NEWEST, gone.signal);
        const history = json as HistoryAnswer | null;
        // Once it cannot be read, the page keeps what it shows; the next look may succeed. A comment keeps the connection alive.
        if (history === null) await stream.write(`: ${stderr.trim().replaceAll(/\s+/g, ' ')}\n\n`);
        else {
          const part = runningNow(history, site.clock().getTime());
          await stream.writeSSE({ event: 'part', data: String(await part) });
          if (!somethingRuns(history)) {
            await stream.writeSSE({ event: 'end', data: '' });
            return;
          }
        }
        await stream.sleep(everyMs);
      }
    }),
  );
}
