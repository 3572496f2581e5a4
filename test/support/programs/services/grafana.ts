import { DAY, type Program, seconds, spaced } from '../program.ts';

export const grafana: Program = {
  name: 'Grafana',
  version: '11',
  source: 'https://github.com/grafana/grafana/tree/main/pkg/services/sqlstore/migrations',
  schema: `
    CREATE TABLE migration_log (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, migration_id TEXT NOT NULL, sql TEXT NOT NULL, success INTEGER NOT NULL,
      error TEXT NOT NULL, timestamp DATETIME NOT NULL);
    CREATE TABLE org (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, created DATETIME NOT NULL, updated DATETIME NOT NULL);
    CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version INTEGER NOT NULL, login TEXT NOT NULL, email TEXT NOT NULL, name TEXT NULL, password TEXT NULL,
      salt TEXT NULL, rands TEXT NULL, org_id INTEGER NOT NULL, is_admin INTEGER NOT NULL, created DATETIME NOT NULL, updated DATETIME NOT NULL, last_seen_at DATETIME NULL);
    CREATE TABLE dashboard (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version INTEGER NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL, data TEXT NOT NULL,
      org_id INTEGER NOT NULL, created DATETIME NOT NULL, updated DATETIME NOT NULL, updated_by INTEGER NULL, created_by INTEGER NULL, uid TEXT NULL);
    CREATE TABLE dashboard_version (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, dashboard_id INTEGER NOT NULL, parent_version INTEGER NOT NULL, restored_from INTEGER NOT NULL,
      version INTEGER NOT NULL, created DATETIME NOT NULL, created_by INTEGER NOT NULL, message TEXT NOT NULL, data TEXT NOT NULL);
    CREATE INDEX IDX_dashboard_version_dashboard_id ON dashboard_version (dashboard_id);
    CREATE TABLE annotation (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, org_id INTEGER NOT NULL, alert_id INTEGER NULL, user_id INTEGER NULL, dashboard_id INTEGER NULL,
      panel_id INTEGER NULL, category_id INTEGER NULL, type TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, metric TEXT NULL, prev_state TEXT NOT NULL,
      new_state TEXT NOT NULL, data TEXT NOT NULL, epoch INTEGER NOT NULL, region_id INTEGER NULL DEFAULT 0, tags TEXT NULL, created INTEGER NULL DEFAULT 0,
      updated INTEGER NULL DEFAULT 0, epoch_end INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IDX_annotation_org_id_alert_id ON annotation (org_id, alert_id);
    CREATE INDEX IDX_annotation_org_id_created ON annotation (org_id, created);
    CREATE INDEX IDX_annotation_org_id_updated ON annotation (org_id, updated);
    CREATE INDEX IDX_annotation_org_id_dashboard_id_epoch_end_epoch ON annotation (org_id, dashboard_id, epoch_end, epoch);
    CREATE INDEX IDX_annotation_org_id_epoch_end_epoch ON annotation (org_id, epoch_end, epoch);
    CREATE INDEX IDX_annotation_alert_id ON annotation (alert_id);
    CREATE TABLE annotation_tag (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, annotation_id INTEGER NOT NULL, tag_id INTEGER NOT NULL);
    CREATE UNIQUE INDEX UQE_annotation_tag_annotation_id_tag_id ON annotation_tag (annotation_id, tag_id);
    CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL);
    CREATE TABLE login_attempt (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, username TEXT NOT NULL, ip_address TEXT NOT NULL, created INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE user_auth_token (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id INTEGER NOT NULL, auth_token TEXT NOT NULL, prev_auth_token TEXT NOT NULL,
      user_agent TEXT NOT NULL, client_ip TEXT NOT NULL, auth_token_seen INTEGER NOT NULL, seen_at INTEGER NULL, rotated_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL, revoked_at INTEGER NULL);`,
  answers: {
    migration_log: ['migrations', 'timestamp'],
    org: ['in_use', 'created'],
    user: ['accounts', 'created'],
    dashboard: ['in_use', 'created'],
    dashboard_version: ['archive', 'created'],
    annotation: ['archive', 'epoch'],
    annotation_tag: ['with', null],
    tag: ['no_time', null],
    login_attempt: ['archive', 'created'],
    user_auth_token: ['accounts', 'created_at'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = now - days * DAY;
    const plain = (ms: number): string => spaced(ms).slice(0, 19);
    for (let n = 0; n < 40; n++)
      write('migration_log', {
        migration_id: `create table ${n}`,
        sql: 'CREATE TABLE …',
        success: 1,
        error: '',
        timestamp: plain(start + n),
      });
    write('org', { version: 0, name: 'Main Org.', created: plain(start), updated: plain(start) });
    write('user', {
      version: 0,
      login: 'admin',
      email: 'admin@localhost',
      password: pen.hex(100),
      salt: pen.hex(10),
      org_id: 1,
      is_admin: 1,
      created: plain(start),
      updated: plain(start),
      last_seen_at: plain(now),
    });
    for (const [at, ms] of moments(8).entries())
      write('dashboard', {
        version: 5,
        slug: `d${at}`,
        title: `Dashboard ${at}`,
        data: '{}',
        org_id: 1,
        created: plain(start + at * DAY),
        updated: plain(ms),
        uid: pen.hex(9),
      });
    for (const [at, ms] of moments(60).entries())
      write('dashboard_version', {
        dashboard_id: 1 + (at % 8),
        parent_version: at,
        restored_from: 0,
        version: at + 1,
        created: plain(ms),
        created_by: 1,
        message: '',
        data: '{}',
      });
    for (const [at, ms] of moments(rows).entries()) {
      const alert = at % 3 !== 0;
      // Rows from before the columns existed hold their default.
      const created = at < rows / 3 ? 0 : ms + below(2000);
      write('annotation', {
        ...{
          org_id: 1,
          alert_id: alert ? 1 + below(5) : 0,
          user_id: alert ? 0 : 1,
          dashboard_id: 1 + below(8),
          panel_id: 1 + below(6),
          type: '',
        },
        ...{
          title: '',
          text: alert ? '' : `deploy ${at}`,
          prev_state: alert ? 'Normal' : '',
          new_state: alert ? 'Alerting' : '',
          data: '{}',
        },
        ...{
          epoch: ms,
          epoch_end: at % 4 === 0 ? ms + below(3_600_000) : ms,
          created,
          updated: created,
          tags: alert ? null : '["deploy"]',
        },
      });
      if (!alert) write('annotation_tag', { annotation_id: at + 1, tag_id: 1 });
    }
    write('tag', { key: 'deploy', value: '' });
    for (const ms of moments(15))
      write('login_attempt', { username: 'root', ip_address: '203.0.113.9', created: seconds(ms) });
    for (const ms of moments(10))
      write('user_auth_token', {
        user_id: 1,
        auth_token: pen.hex(64),
        prev_auth_token: pen.hex(64),
        user_agent: 'x',
        client_ip: '192.0.2.4',
        auth_token_seen: 1,
        seen_at: seconds(ms),
        rotated_at: seconds(ms),
        created_at: seconds(ms),
        updated_at: seconds(ms),
        revoked_at: null,
      });
  },
};
