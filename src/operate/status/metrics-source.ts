import type { Clock } from '../../model/clock.ts';
import type { Figures } from '../service/metrics-server.ts';
import type { Stores } from '../stores.ts';
import { renderBlindMetrics, renderMetrics } from './prometheus.ts';
import { readStatus } from './read-status.ts';
import { statusJson } from './status-json.ts';

/** How long gathered figures are served again, in milliseconds; while a run is at work gathering would hold it up. */
const FRESH_MS = 60_000;
const FRESH_WHILE_WORKING_MS = 10 * 60_000;

/** Figures are gathered when they are asked for, and served again while they are fresh. */
export function gatheredFreshly<T>(
  clock: Pick<Clock, 'monotonic'>,
  working: () => boolean,
  read: () => Promise<T>,
): () => Promise<T> {
  let known: { readonly figures: T; readonly at: number } | null = null;
  let gathering: Promise<T> | null = null;
  return async () => {
    const fresh = working() ? FRESH_WHILE_WORKING_MS : FRESH_MS;
    if (known !== null && Math.abs(clock.monotonic() - known.at) < fresh) return known.figures;
    gathering ??= read().finally(() => {
      gathering = null;
    });
    const figures = await gathering;
    known = { figures, at: clock.monotonic() };
    return figures;
  };
}

/** What `firn run --listen` serves about a database. */
export function figuresOf(stores: Stores, working: () => boolean): Figures {
  const gather = gatheredFreshly(stores.clock, working, () => readStatus(stores));
  return {
    metrics: () => gather().then(renderMetrics, renderBlindMetrics),
    health: () =>
      gather().then(
        (status) => ({ ok: status.health.level === 'ok', body: statusJson(status) }),
        (error: Error) => ({ ok: false, body: { health: { level: 'alarm', line: error.message } } }),
      ),
  };
}
