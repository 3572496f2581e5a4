import type { PauseState } from '../../hot/run-log.ts';

/** The pause, if its time is not over; `now` in milliseconds since the epoch. */
export function activePause(pause: PauseState | null, now: number): PauseState | null {
  if (pause === null) return null;
  return pause.until === null || now < Date.parse(pause.until) ? pause : null;
}

/** `paused since 2026-06-01T02:00:00.000Z until 2026-06-01T04:00:00.000Z: moving house` */
export function describePause({ since, until, reason }: PauseState): string {
  const end = until === null ? ' until `firn resume`' : ` until ${until}`;
  return `paused since ${since}${end}${reason === null ? '' : `: ${reason}`}`;
}
