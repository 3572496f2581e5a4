import { type Program, seconds } from '../program.ts';

export const piHole: Program = {
  name: 'Pi-hole FTL',
  version: 'v6 (database version 21)',
  source: 'https://github.com/pi-hole/FTL/blob/master/src/database/query-table.h',
  schema: `
    CREATE TABLE ftl (id INTEGER PRIMARY KEY NOT NULL, value BLOB NOT NULL, description TEXT);
    CREATE TABLE counters (id INTEGER PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
    CREATE TABLE query_storage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, type INTEGER NOT NULL, status INTEGER NOT NULL,
      domain INTEGER NOT NULL, client INTEGER NOT NULL, forward INTEGER, additional_info INTEGER, reply_type INTEGER, reply_time REAL, dnssec INTEGER,
      list_id INTEGER, ede INTEGER);
    CREATE TABLE domain_by_id (id INTEGER PRIMARY KEY, domain TEXT NOT NULL);
    CREATE TABLE client_by_id (id INTEGER PRIMARY KEY, ip TEXT NOT NULL, name TEXT);
    CREATE TABLE forward_by_id (id INTEGER PRIMARY KEY, forward TEXT NOT NULL);
    CREATE TABLE addinfo_by_id (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, content NOT NULL);
    CREATE INDEX idx_query_storage_timestamp ON query_storage (timestamp);
    CREATE UNIQUE INDEX domain_by_id_domain_idx ON domain_by_id(domain);
    CREATE UNIQUE INDEX client_by_id_client_idx ON client_by_id(ip,name);
    CREATE UNIQUE INDEX forward_by_id_forward_idx ON forward_by_id(forward);
    CREATE UNIQUE INDEX addinfo_by_id_idx ON addinfo_by_id(type,content);
    CREATE VIEW queries AS SELECT id, timestamp, type, status,
      CASE typeof(domain) WHEN 'integer' THEN (SELECT domain FROM domain_by_id d WHERE d.id = q.domain) ELSE domain END domain,
      CASE typeof(client) WHEN 'integer' THEN (SELECT ip FROM client_by_id c WHERE c.id = q.client) ELSE client END client,
      CASE typeof(forward) WHEN 'integer' THEN (SELECT forward FROM forward_by_id f WHERE f.id = q.forward) ELSE forward END forward,
      CASE typeof(additional_info) WHEN 'integer' THEN (SELECT content FROM addinfo_by_id a WHERE a.id = q.additional_info) ELSE additional_info END additional_info,
      reply_type, reply_time, dnssec, list_id FROM query_storage q;
    CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
      blob1 BLOB, blob2 BLOB, blob3 BLOB, blob4 BLOB, blob5 BLOB);
    CREATE TABLE aliasclient (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, comment TEXT);
    CREATE TABLE network (id INTEGER PRIMARY KEY NOT NULL, hwaddr TEXT UNIQUE NOT NULL, interface TEXT NOT NULL, firstSeen INTEGER NOT NULL,
      lastQuery INTEGER NOT NULL, numQueries INTEGER NOT NULL, macVendor TEXT, aliasclient_id INTEGER);
    CREATE TABLE network_addresses (network_id INTEGER NOT NULL, ip TEXT UNIQUE NOT NULL, lastSeen INTEGER NOT NULL DEFAULT (cast(strftime('%s', 'now') as int)),
      name TEXT, nameUpdated INTEGER, FOREIGN KEY(network_id) REFERENCES network(id));`,
  answers: {
    ftl: ['no_time', null],
    counters: ['no_time', null],
    query_storage: ['archive', 'timestamp'],
    domain_by_id: ['no_time', null],
    client_by_id: ['no_time', null],
    forward_by_id: ['no_time', null],
    addinfo_by_id: ['no_time', null],
    message: ['archive', 'timestamp'],
    aliasclient: ['no_time', null],
    network: ['in_use', 'firstSeen'],
    network_addresses: ['short_lived', 'lastSeen'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    write('ftl', { id: 0, value: 21, description: 'Database version' });
    write('ftl', {
      id: 1,
      value: seconds(now - days * 86_400_000),
      description: 'Unix timestamp of the latest stored query',
    });
    write('counters', { id: 0, value: rows });
    const domains = Math.max(10, Math.floor(rows / 20));
    for (let id = 1; id <= domains; id++) write('domain_by_id', { id, domain: `host${id}.example` });
    for (let id = 1; id <= 6; id++)
      write('client_by_id', { id, ip: `192.168.1.${id}`, name: id % 2 ? `pc${id}` : '' });
    write('forward_by_id', { id: 1, forward: '9.9.9.9#53' });
    write('addinfo_by_id', { id: 1, type: 1, content: 'ads.example' });
    for (const [at, ms] of moments(rows).entries()) {
      const blocked = below(6) === 0;
      write('query_storage', {
        // Versions before 6 wrote whole seconds.
        timestamp: at < rows / 3 ? seconds(ms) : ms / 1000 + below(1000) / 1e6,
        ...{
          type: 1,
          status: blocked ? 1 : 2,
          domain: 1 + below(domains),
          client: 1 + below(6),
          forward: blocked ? null : 1,
        },
        ...{
          additional_info: blocked ? 1 : null,
          reply_type: 4,
          reply_time: below(1000) / 1e5,
          dnssec: 0,
          list_id: null,
          ede: -1,
        },
      });
    }
    for (const ms of moments(5))
      write('message', { timestamp: seconds(ms), type: 'RATE_LIMIT', message: '192.168.1.3', blob1: 1000 });
    for (const [at, ms] of moments(8).entries()) {
      write('network', {
        id: at + 1,
        hwaddr: `00:00:5e:00:53:0${at}`,
        interface: 'eth0',
        firstSeen: seconds(ms),
        lastQuery: seconds(now) - below(86_400),
        numQueries: below(9000),
      });
      write('network_addresses', {
        network_id: at + 1,
        ip: `192.168.1.${at + 1}`,
        lastSeen: seconds(now) - below(86_400),
        name: null,
        nameUpdated: seconds(now) - below(86_400),
      });
    }
  },
};
