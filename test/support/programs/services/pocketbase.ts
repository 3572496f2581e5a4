import { DAY, type Program, spaced } from '../program.ts';

const NOW = `DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL`;

/** auxiliary.db since 0.23, logs.db before it; `_params` and `_migrations` of the older layout. */
export const pocketBase: Program = {
  name: 'PocketBase logs',
  version: '0.19 to 0.36',
  source: 'https://github.com/pocketbase/pocketbase/tree/master/migrations',
  schema: `
    CREATE TABLE _migrations (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL);
    CREATE TABLE _params (id TEXT PRIMARY KEY NOT NULL, key TEXT UNIQUE NOT NULL, value JSON DEFAULT NULL, created TEXT DEFAULT "" NOT NULL, updated TEXT DEFAULT "" NOT NULL);
    CREATE TABLE _logs (id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL, level INTEGER DEFAULT 0 NOT NULL, message TEXT DEFAULT "" NOT NULL,
      data JSON DEFAULT "{}" NOT NULL, created TEXT ${NOW});
    CREATE INDEX idx_logs_level on _logs (level);
    CREATE INDEX idx_logs_message on _logs (message);
    CREATE INDEX idx_logs_created_hour on _logs (strftime('%Y-%m-%d %H:00:00', created));`,
  answers: {
    _migrations: ['migrations', 'applied'],
    _params: ['living', 'created'],
    _logs: ['archive', 'created'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    for (let n = 0; n < 6; n++)
      write('_migrations', { file: `17000000${n}_init.go`, applied: (now - days * DAY) * 1000 + n });
    write('_params', {
      id: 'settings',
      key: 'settings',
      value: '{}',
      created: `${spaced(now - days * DAY)}Z`,
      updated: `${spaced(now - 9 * DAY)}Z`,
    });
    for (const ms of moments(rows)) {
      const status = below(20) === 0 ? 500 : 200;
      write('_logs', {
        id: `r${pen.hex(14)}`,
        level: status === 500 ? 8 : 0,
        message: 'GET /api/collections',
        data: JSON.stringify({ status, execTime: below(90), url: '/api/health' }),
        created: `${spaced(ms)}Z`,
      });
    }
  },
};
