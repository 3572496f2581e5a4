import type { Figures } from '../service/metrics-server.ts';
import type { Stores } from '../stores.ts';
import type { OperatingStatus } from './operating-state.ts';
import { renderBlindMetrics, renderMetrics } from './prometheus.ts';
import { readStatus } from './read-status.ts';
import { statusJson } from './status-json.ts';

/** How long gathered figures are served again, in milliseconds; while a run is at work gathering would hold it up. */
const FRESH_MS = 60_000;
const FRESH_WHILE_WORKING_MS = 10 * 60_000;

/** What `firn run --listen` serves about a database. Figures are gathered when they are asked for. */
export function figuresOf(stores: Stores, working: () => boolean): Figures {
  const { clock } = stores;
  let known: { readonly status: OperatingStatus; readonly at: number } | null = null;
  let gathering: Promise<OperatingStatus> | null = null;
  const gather = async (): Promise<OperatingStatus> => {
    const fresh = working() ? FRESH_WHILE_WORKING_MS : FRESH_MS;
    if (known !== null && Math.abs(clock.monotonic() - known.at) < fresh) return known.status;
    gathering ??= readStatus(stores).finally(() => {
      gathering = null;
    });
    const status = await gathering;
    known = { status, at: clock.monotonic() };
    return status;
  };
  return {
    metrics: () => gather().then(renderMetrics, renderBlindMetrics),
    health: () =>
      gather().then(
        (status) => ({ ok: status.health.level === 'ok', body: statusJson(status) }),
        (error: Error) => ({ ok: false, body: { health: { level: 'alarm', line: error.message } } }),
      ),
  };
}
