import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';

/** Alarms that somebody acknowledged, a line each. */
export function acknowledgedLines(alarms: readonly RecordedAlarm[]): string[] {
  return alarms.map(({ path, message, acknowledged }) => {
    const by = acknowledged?.by == null ? '' : ` by ${acknowledged.by}`;
    const when = acknowledged?.at.slice(0, 10) ?? '';
    return `  acknowledged ${path}: ${message} (${when}${by}: ${acknowledged?.reason ?? ''})`;
  });
}
