import { DAY, type Program, seconds, spaced } from '../program.ts';

const STAT = (table: string): string => `
    CREATE TABLE ${table} (id integer not null primary key autoincrement, monitor_id integer not null, timestamp integer not null, ping float not null,
      up smallint not null, down smallint not null, ping_min float not null default '0', ping_max float not null default '0', extras text default null,
      foreign key(monitor_id) references monitor(id) on delete CASCADE on update CASCADE);
    CREATE UNIQUE INDEX ${table}_monitor_id_timestamp_unique ON ${table} (monitor_id, timestamp);`;

export const uptimeKuma: Program = {
  name: 'Uptime Kuma',
  version: '2.0',
  source: 'https://github.com/louislam/uptime-kuma/tree/master/db',
  schema: `
    CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, username VARCHAR(255) NOT NULL UNIQUE, password VARCHAR(255), active BOOLEAN NOT NULL DEFAULT 1,
      timezone VARCHAR(150), twofa_secret VARCHAR(64), twofa_status BOOLEAN NOT NULL DEFAULT 0);
    CREATE TABLE monitor (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(150), active BOOLEAN DEFAULT 1 NOT NULL,
      user_id INTEGER REFERENCES user(id) ON UPDATE CASCADE ON DELETE SET NULL, interval INTEGER DEFAULT 20 NOT NULL, url TEXT, type VARCHAR(20), weight INTEGER DEFAULT 2000,
      hostname VARCHAR(255), port INTEGER, created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, keyword VARCHAR(255), maxretries INTEGER NOT NULL DEFAULT 0,
      push_token VARCHAR(20) DEFAULT NULL);
    CREATE TABLE heartbeat (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, important BOOLEAN DEFAULT 0 NOT NULL,
      monitor_id INTEGER NOT NULL REFERENCES monitor(id) ON UPDATE CASCADE ON DELETE CASCADE, status SMALLINT NOT NULL, msg TEXT, time DATETIME NOT NULL,
      ping INTEGER, duration INTEGER DEFAULT 0 NOT NULL, down_count INTEGER DEFAULT 0 NOT NULL, end_time DATETIME DEFAULT NULL, retries INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX monitor_important_time_index ON heartbeat (monitor_id, important, time);
    CREATE INDEX monitor_time_index ON heartbeat (monitor_id, time);
    CREATE INDEX important ON heartbeat (important);
    CREATE INDEX monitor_id ON heartbeat (monitor_id);${['stat_minutely', 'stat_hourly', 'stat_daily'].map(STAT).join('')}
    CREATE TABLE notification (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(255), config VARCHAR(255), active BOOLEAN DEFAULT 1 NOT NULL, user_id INTEGER NOT NULL);
    CREATE TABLE monitor_notification (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
      monitor_id INTEGER NOT NULL REFERENCES monitor(id) ON UPDATE CASCADE ON DELETE CASCADE,
      notification_id INTEGER NOT NULL REFERENCES notification(id) ON UPDATE CASCADE ON DELETE CASCADE);
    CREATE TABLE incident (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, title VARCHAR(255) NOT NULL, content TEXT NOT NULL, style VARCHAR(30) DEFAULT 'warning' NOT NULL,
      created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, last_updated_date DATETIME, pin BOOLEAN DEFAULT 1 NOT NULL, active BOOLEAN DEFAULT 1 NOT NULL, status_page_id INTEGER);
    CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, key VARCHAR(200) NOT NULL UNIQUE, value TEXT, type VARCHAR(20));
    CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(255) NOT NULL, color VARCHAR(255) NOT NULL, created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL);
    CREATE TABLE monitor_tag (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, monitor_id INTEGER NOT NULL REFERENCES monitor(id) ON DELETE CASCADE ON UPDATE CASCADE,
      tag_id INTEGER NOT NULL REFERENCES tag(id) ON DELETE CASCADE ON UPDATE CASCADE, value TEXT);
    CREATE TABLE api_key (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, key VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL,
      created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, active BOOLEAN DEFAULT 1 NOT NULL, expires DATETIME DEFAULT NULL,
      FOREIGN KEY(user_id) REFERENCES user(id) ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255), batch integer, migration_time datetime);
    CREATE TABLE knex_migrations_lock ("index" integer not null primary key autoincrement, is_locked integer);`,
  answers: {
    user: ['no_time', null],
    monitor: ['in_use', 'created_date'],
    heartbeat: ['archive', 'time'],
    stat_minutely: ['short_lived', 'timestamp'],
    stat_hourly: ['archive', 'timestamp'],
    stat_daily: ['archive', 'timestamp'],
    notification: ['no_time', null],
    monitor_notification: ['no_time', null],
    incident: ['archive', 'created_date'],
    setting: ['no_time', null],
    tag: ['archive', 'created_date'],
    monitor_tag: ['no_time', null],
    api_key: ['accounts', 'created_date'],
    knex_migrations: ['migrations', 'migration_time'],
    knex_migrations_lock: ['migrations', null],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = now - days * DAY;
    const plain = (ms: number): string => spaced(ms).slice(0, 19);
    write('user', { username: 'admin', password: `$2a$10$${pen.hex(44)}` });
    write('api_key', { key: pen.hex(40), name: 'prometheus', user_id: 1, created_date: plain(start) });
    for (let id = 1; id <= 5; id++) {
      write('monitor', {
        id,
        name: `site ${id}`,
        user_id: 1,
        url: `https://site${id}.example`,
        type: 'http',
        created_date: plain(start + id * 60_000),
      });
      write('monitor_notification', { monitor_id: id, notification_id: 1 });
      write('monitor_tag', { monitor_id: id, tag_id: 1 + (id % 2), value: '' });
    }
    write('notification', { name: 'mail', config: '{"smtpHost":"localhost"}', user_id: 1 });
    for (const ms of [start, start + 3 * DAY])
      write('tag', { name: 'prod', color: '#059669', created_date: plain(ms) });
    for (const [at, ms] of moments(rows).entries()) {
      const down = at % 41 === 3;
      write('heartbeat', {
        ...{
          important: down ? 1 : 0,
          monitor_id: 1 + (at % 5),
          status: down ? 0 : 1,
          msg: down ? 'connect ECONNREFUSED' : '200 - OK',
        },
        ...{
          time: spaced(ms),
          ping: down ? null : 20 + below(60),
          duration: 60,
          end_time: at < rows / 2 ? null : spaced(ms + 60),
        },
      });
    }
    for (const [table, unit, span] of [
      ['stat_minutely', 60, 1 / 3],
      ['stat_hourly', 3600, Math.min(30, days)],
      ['stat_daily', 86_400, days],
    ] as const) {
      const count = Math.min(Math.ceil(rows / 10), Math.floor((span * 86_400) / unit));
      const last = Math.floor(seconds(now) / unit) * unit;
      const step = Math.max(1, Math.floor((span * 86_400) / unit / count)) * unit;
      for (let n = count - 1; n >= 0; n--)
        for (let monitor_id = 1; monitor_id <= 5; monitor_id++)
          write(table, {
            monitor_id,
            timestamp: last - n * step,
            ping: 30 + below(10),
            up: 59,
            down: below(2),
            ping_min: 20,
            ping_max: 60,
          });
    }
    for (const ms of moments(4))
      write('incident', {
        title: 'Maintenance',
        content: 'Back soon',
        created_date: plain(ms),
        last_updated_date: null,
        status_page_id: 1,
      });
    write('setting', { key: 'keepDataPeriodDays', value: '180', type: 'general' });
    for (let n = 0; n < 20; n++)
      write('knex_migrations', { name: `2023-08-16-00${10 + n}-x.js`, batch: 1, migration_time: start });
    write('knex_migrations_lock', { is_locked: 0 });
  },
};
