import type { ProgramFacts } from '../program-facts.ts';

export const uptimeKuma: ProgramFacts = {
  name: 'Uptime Kuma',
  versions: '1.18 to 2.0',
  recipe: 'uptime-kuma',
  marks: { heartbeat: ['monitor_id', 'important', 'time', 'ping'], monitor: ['interval', 'maxretries'] },
  tables: {
    heartbeat: { hot: '30d', warm: '90d', cold: '5y', time_column: 'time', lookup_keys: ['monitor_id'] },
  },
  left: {
    monitor: 'heartbeats and settings refer to it',
    stat_minutely: 'Uptime Kuma deletes its rows after a day',
    stat_hourly: 'Uptime Kuma computes the uptime of 30 days from it, and deletes older rows',
    stat_daily: 'Uptime Kuma computes the uptime of a year from it',
    incident: 'status pages show its rows',
    tag: 'monitors refer to it',
  },
  notes: [
    'Keep hot shorter than "Keep monitor history data" in the settings of Uptime Kuma (180 days by default), which deletes rows. Version 2 deletes heartbeats without a change of state after 24 hours.',
  ],
};
