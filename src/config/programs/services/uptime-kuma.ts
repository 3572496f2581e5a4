import type { ProgramFacts } from '../program-facts.ts';

const STATS = { warm: '1y', cold: '10y', time_column: 'timestamp', lookup_keys: ['monitor_id'] };

export const uptimeKuma: ProgramFacts = {
  name: 'Uptime Kuma',
  versions: '1.18 to 2.0',
  recipe: null,
  marks: { heartbeat: ['monitor_id', 'important', 'time', 'ping'], monitor: ['interval', 'maxretries'] },
  tables: {
    heartbeat: { hot: '30d', warm: '90d', cold: '5y', time_column: 'time', lookup_keys: ['monitor_id'] },
    stat_hourly: { hot: '31d', ...STATS },
    stat_daily: { hot: '1y', ...STATS },
  },
  left: {
    monitor: 'heartbeats and settings refer to it',
    stat_minutely: 'Uptime Kuma deletes its rows after a day',
    incident: 'status pages show its rows',
    tag: 'monitors refer to it',
  },
  notes: [
    'Keep hot shorter than "Keep monitor history data" in the settings of Uptime Kuma (180 days by default), which deletes rows.',
  ],
};
