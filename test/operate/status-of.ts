import type { OperatingStatus } from '../../src/operate/status/operating-state.ts';

/** A status of a database without tables and archives, where everything is well, changed as told. */
export function statusOf(change: Partial<OperatingStatus> = {}): OperatingStatus {
  const nothing = { location: '/a', away: null, files: 0, rows: 0, bytes: 0 };
  return {
    asOf: '2026-06-01T00:00:00.000Z',
    health: { level: 'ok', line: 'ok', problems: [] },
    scheduler: null,
    lock: null,
    pause: null,
    jobs: [],
    backlogs: [],
    tables: [],
    overdue: [],
    alarms: [],
    openAlarms: [],
    acknowledged: [],
    sizes: { databaseBytes: 4096, walBytes: 0 },
    warm: nothing,
    cold: nothing,
    runs: [],
    stateOf: () => 'ended',
    ...change,
  };
}
