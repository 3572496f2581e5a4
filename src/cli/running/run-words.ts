import type { RunOutcome } from '../../hot/run-log.ts';
import type { Style } from '../terminal/style.ts';

/** An instant (UTC ISO 8601) to the minute: `2026-06-01 02:00Z`. */
export function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`;
}

/** How a run ended, in its colour. */
export function outcomeText(outcome: RunOutcome, style: Style): string {
  if (outcome === 'done') return style.good(outcome);
  if (outcome === 'failed' || outcome === 'integrity' || outcome === 'died') return style.bad(outcome);
  return style.warning(outcome);
}
