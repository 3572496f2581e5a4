import { DAY, type Program, spaced } from '../program.ts';

/** Written from db_schema.py of the recorder; `spaced` times are naive UTC with microseconds there. */
export const homeAssistant: Program = {
  name: 'Home Assistant recorder',
  version: '2025.x (schema 50)',
  source: 'https://github.com/home-assistant/core/blob/dev/homeassistant/components/recorder/db_schema.py',
  schema: `
    CREATE TABLE event_data (data_id INTEGER NOT NULL, hash BIGINT, shared_data TEXT, PRIMARY KEY (data_id));
    CREATE INDEX ix_event_data_hash ON event_data (hash);
    CREATE TABLE event_types (event_type_id INTEGER NOT NULL, event_type VARCHAR(64), PRIMARY KEY (event_type_id));
    CREATE UNIQUE INDEX ix_event_types_event_type ON event_types (event_type);
    CREATE TABLE state_attributes (attributes_id INTEGER NOT NULL, hash BIGINT, shared_attrs TEXT, PRIMARY KEY (attributes_id));
    CREATE INDEX ix_state_attributes_hash ON state_attributes (hash);
    CREATE TABLE states_meta (metadata_id INTEGER NOT NULL, entity_id VARCHAR(255), PRIMARY KEY (metadata_id));
    CREATE UNIQUE INDEX ix_states_meta_entity_id ON states_meta (entity_id);
    CREATE TABLE statistics_meta (id INTEGER NOT NULL, statistic_id VARCHAR(255), source VARCHAR(32), unit_of_measurement VARCHAR(255),
      has_mean BOOLEAN, has_sum BOOLEAN, name VARCHAR(255), mean_type INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id));
    CREATE UNIQUE INDEX ix_statistics_meta_statistic_id ON statistics_meta (statistic_id);
    CREATE TABLE recorder_runs (run_id INTEGER NOT NULL, start DATETIME NOT NULL, "end" DATETIME, closed_incorrect BOOLEAN NOT NULL,
      created DATETIME NOT NULL, PRIMARY KEY (run_id));
    CREATE INDEX ix_recorder_runs_start_end ON recorder_runs (start, "end");
    CREATE TABLE migration_changes (migration_id VARCHAR(255) NOT NULL, version SMALLINT NOT NULL, PRIMARY KEY (migration_id));
    CREATE TABLE schema_changes (change_id INTEGER NOT NULL, schema_version INTEGER, changed DATETIME NOT NULL, PRIMARY KEY (change_id));
    CREATE TABLE statistics_runs (run_id INTEGER NOT NULL, start DATETIME NOT NULL, PRIMARY KEY (run_id));
    CREATE INDEX ix_statistics_runs_start ON statistics_runs (start);
    CREATE TABLE events (event_id INTEGER NOT NULL, event_type CHAR(0), event_data CHAR(0), origin CHAR(0), origin_idx SMALLINT,
      time_fired CHAR(0), time_fired_ts FLOAT, context_id CHAR(0), context_user_id CHAR(0), context_parent_id CHAR(0), data_id INTEGER,
      context_id_bin BLOB, context_user_id_bin BLOB, context_parent_id_bin BLOB, event_type_id INTEGER, PRIMARY KEY (event_id),
      FOREIGN KEY(data_id) REFERENCES event_data (data_id), FOREIGN KEY(event_type_id) REFERENCES event_types (event_type_id));
    CREATE INDEX ix_events_data_id ON events (data_id);
    CREATE INDEX ix_events_event_type_id_time_fired_ts ON events (event_type_id, time_fired_ts);
    CREATE INDEX ix_events_time_fired_ts ON events (time_fired_ts);
    CREATE INDEX ix_events_context_id_bin ON events (context_id_bin);
    CREATE TABLE states (state_id INTEGER NOT NULL, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0), event_id SMALLINT,
      last_changed CHAR(0), last_changed_ts FLOAT, last_reported_ts FLOAT, last_updated CHAR(0), last_updated_ts FLOAT, old_state_id INTEGER,
      attributes_id INTEGER, context_id CHAR(0), context_user_id CHAR(0), context_parent_id CHAR(0), origin_idx SMALLINT,
      context_id_bin BLOB, context_user_id_bin BLOB, context_parent_id_bin BLOB, metadata_id INTEGER, PRIMARY KEY (state_id),
      FOREIGN KEY(old_state_id) REFERENCES states (state_id), FOREIGN KEY(attributes_id) REFERENCES state_attributes (attributes_id),
      FOREIGN KEY(metadata_id) REFERENCES states_meta (metadata_id));
    CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts);
    CREATE INDEX ix_states_old_state_id ON states (old_state_id);
    CREATE INDEX ix_states_last_updated_ts ON states (last_updated_ts);
    CREATE INDEX ix_states_attributes_id ON states (attributes_id);
    CREATE INDEX ix_states_context_id_bin ON states (context_id_bin);
    CREATE TABLE statistics (id INTEGER NOT NULL, created CHAR(0), created_ts FLOAT, metadata_id INTEGER, start CHAR(0), start_ts FLOAT,
      mean FLOAT, mean_weight FLOAT, min FLOAT, max FLOAT, last_reset CHAR(0), last_reset_ts FLOAT, state FLOAT, sum FLOAT, PRIMARY KEY (id),
      FOREIGN KEY(metadata_id) REFERENCES statistics_meta (id) ON DELETE CASCADE);
    CREATE INDEX ix_statistics_start_ts ON statistics (start_ts);
    CREATE UNIQUE INDEX ix_statistics_statistic_id_start_ts ON statistics (metadata_id, start_ts);
    CREATE TABLE statistics_short_term (id INTEGER NOT NULL, created CHAR(0), created_ts FLOAT, metadata_id INTEGER, start CHAR(0), start_ts FLOAT,
      mean FLOAT, mean_weight FLOAT, min FLOAT, max FLOAT, last_reset CHAR(0), last_reset_ts FLOAT, state FLOAT, sum FLOAT, PRIMARY KEY (id),
      FOREIGN KEY(metadata_id) REFERENCES statistics_meta (id) ON DELETE CASCADE);
    CREATE INDEX ix_statistics_short_term_start_ts ON statistics_short_term (start_ts);
    CREATE UNIQUE INDEX ix_statistics_short_term_statistic_id_start_ts ON statistics_short_term (metadata_id, start_ts);`,
  answers: {
    event_data: ['no_time', null],
    event_types: ['no_time', null],
    state_attributes: ['no_time', null],
    states_meta: ['no_time', null],
    statistics_meta: ['no_time', null],
    recorder_runs: ['archive', 'created'],
    migration_changes: ['migrations', null],
    schema_changes: ['migrations', 'changed'],
    statistics_runs: ['archive', 'start'],
    events: ['archive', 'time_fired_ts'],
    states: ['archive', 'last_updated_ts'],
    statistics: ['archive', 'start_ts'],
    statistics_short_term: ['archive', 'start_ts'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const entities = [
      'sensor.kitchen_temperature',
      'light.hall',
      'binary_sensor.door',
      'sensor.power',
      'sun.sun',
    ];
    const ulid = (): Uint8Array => Buffer.from(pen.hex(32), 'hex');
    const micros = (ms: number): number => ms / 1000 + below(1000) / 1e6;
    for (const [at, entity_id] of entities.entries())
      write('states_meta', { metadata_id: at + 1, entity_id });
    for (const [at, event_type] of ['call_service', 'state_reported', 'automation_triggered'].entries())
      write('event_types', { event_type_id: at + 1, event_type });
    const attributes = Math.ceil(rows / 12);
    for (let n = 1; n <= attributes; n++) {
      const shared_attrs = JSON.stringify({ unit_of_measurement: '°C', friendly_name: `Sensor ${n}` });
      write('state_attributes', { attributes_id: n, hash: below(2 ** 32), shared_attrs });
    }
    const before = new Map<number, number>();
    for (const [at, ms] of moments(rows).entries()) {
      const metadata_id = (at % entities.length) + 1;
      const time = micros(ms);
      write('states', {
        ...{
          state_id: at + 1,
          state: `${18 + below(80) / 10}`,
          metadata_id,
          origin_idx: 0,
          context_id_bin: ulid(),
        },
        last_changed_ts: below(3) === 0 ? time - below(900) - 0.5 : null,
        last_reported_ts: below(4) === 0 ? time + 1.25 : null,
        ...{ last_updated_ts: time, old_state_id: before.get(metadata_id) ?? null },
        attributes_id: 1 + Math.floor((at / rows) * attributes),
      });
      before.set(metadata_id, at + 1);
    }
    for (const [at, ms] of moments(Math.ceil(rows / 3)).entries()) {
      write('event_data', {
        data_id: at + 1,
        hash: below(2 ** 32),
        shared_data: `{"domain":"light","service":"turn_${at % 2 ? 'on' : 'off'}"}`,
      });
      write('events', {
        event_id: at + 1,
        origin_idx: 0,
        time_fired_ts: micros(ms),
        data_id: at + 1,
        event_type_id: 1 + (at % 3),
        context_id_bin: ulid(),
      });
    }
    for (const id of [1, 2])
      write('statistics_meta', {
        id,
        statistic_id: `sensor.energy_${id}`,
        source: 'recorder',
        has_mean: 1,
        has_sum: 0,
        mean_type: 1,
      });
    for (const [table, minutes, span] of [
      ['statistics', 60, days],
      ['statistics_short_term', 5, 10],
    ] as const) {
      const count = Math.min(rows / 2, (span * 1440) / minutes);
      for (let n = 0; n < count; n++) {
        const start =
          Math.floor((now - span * DAY + (n * span * DAY) / count) / (minutes * 60_000)) * minutes * 60;
        for (const metadata_id of [1, 2])
          write(table, {
            created_ts: start + minutes * 60 + 10.4,
            metadata_id,
            start_ts: start,
            mean: 20 + below(50) / 10,
            min: 18,
            max: 25,
          });
      }
    }
    for (const ms of moments(9)) {
      const start = `${spaced(ms)}123`;
      write('recorder_runs', {
        start,
        end: ms > now - DAY ? null : `${spaced(ms + 5 * DAY)}456`,
        closed_incorrect: 0,
        created: start,
      });
    }
    for (const [at, ms] of moments(12).entries())
      write('schema_changes', { schema_version: 39 + at, changed: `${spaced(ms)}771` });
    for (const ms of moments(40))
      write('statistics_runs', {
        start: `${spaced(Math.floor(ms / 300_000) * 300_000).slice(0, 19)}.000000`,
      });
    write('migration_changes', { migration_id: 'state_context_id_as_binary', version: 1 });
  },
};
