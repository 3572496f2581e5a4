import { DAY, type Program } from '../program.ts';

export const mlflow: Program = {
  name: 'MLflow',
  version: '2.14 to 3.4',
  source: 'https://github.com/mlflow/mlflow/blob/master/tests/resources/db/latest_schema.sql',
  schema: `
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
    CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL, artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT,
      last_update_time BIGINT, CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), UNIQUE (name));
    CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250), source_type VARCHAR(20), source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256),
      status VARCHAR(9), start_time BIGINT, end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER, deleted_time BIGINT,
      CONSTRAINT run_pk PRIMARY KEY (run_uuid), FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id),
      CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')));
    CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL,
      is_nan BOOLEAN DEFAULT '0' NOT NULL, CONSTRAINT metric_pk PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan),
      FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), CHECK (is_nan IN (0, 1)));
    CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
    CREATE TABLE latest_metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT, step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL, run_uuid VARCHAR(32) NOT NULL,
      CONSTRAINT latest_metric_pk PRIMARY KEY (key, run_uuid), FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), CHECK (is_nan IN (0, 1)));
    CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL, CONSTRAINT param_pk PRIMARY KEY (key, run_uuid),
      FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid));
    CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL, CONSTRAINT tag_pk PRIMARY KEY (key, run_uuid),
      FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid));
    CREATE TABLE trace_info (request_id VARCHAR(50) NOT NULL, experiment_id INTEGER NOT NULL, timestamp_ms BIGINT NOT NULL, execution_time_ms BIGINT, status VARCHAR(50) NOT NULL,
      CONSTRAINT trace_info_pk PRIMARY KEY (request_id), CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id));
    CREATE INDEX index_trace_info_experiment_id_timestamp_ms ON trace_info (experiment_id, timestamp_ms);
    CREATE TABLE trace_tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), request_id VARCHAR(50) NOT NULL, CONSTRAINT trace_tag_pk PRIMARY KEY (key, request_id),
      CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE);
    CREATE TABLE trace_request_metadata (key VARCHAR(250) NOT NULL, value VARCHAR(8000), request_id VARCHAR(50) NOT NULL,
      CONSTRAINT trace_request_metadata_pk PRIMARY KEY (key, request_id),
      CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE);
    CREATE TABLE spans (trace_id VARCHAR(50) NOT NULL, experiment_id INTEGER NOT NULL, span_id VARCHAR(50) NOT NULL, parent_span_id VARCHAR(50), name TEXT, type VARCHAR(500),
      status VARCHAR(50) NOT NULL, start_time_unix_nano BIGINT NOT NULL, end_time_unix_nano BIGINT,
      duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED, content TEXT NOT NULL, CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id),
      CONSTRAINT fk_spans_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE,
      CONSTRAINT fk_spans_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id));`,
  answers: {
    alembic_version: ['migrations', null],
    experiments: ['in_use', 'creation_time'],
    runs: ['archive', 'start_time'],
    metrics: ['with', 'timestamp'],
    latest_metrics: ['with', 'timestamp'],
    params: ['with', null],
    tags: ['with', null],
    trace_info: ['archive', 'timestamp_ms'],
    trace_tags: ['with', null],
    trace_request_metadata: ['with', null],
    spans: ['with', 'start_time_unix_nano'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    write('alembic_version', { version_num: pen.hex(12) });
    for (let id = 0; id < 3; id++)
      write('experiments', {
        experiment_id: id,
        name: `exp ${id}`,
        artifact_location: `/mlruns/${id}`,
        lifecycle_stage: 'active',
        creation_time: now - days * DAY + id,
        last_update_time: now - days * DAY + id,
      });
    const runs = moments(Math.ceil(rows / 20));
    for (const [at, ms] of runs.entries()) {
      const run_uuid = pen.hex(32);
      const running = at === runs.length - 1;
      write('runs', {
        run_uuid,
        name: `run-${at}`,
        source_type: 'UNKNOWN',
        source_name: '',
        entry_point_name: '',
        user_id: 'ann',
        status: running ? 'RUNNING' : 'FINISHED',
        start_time: ms,
        end_time: running ? null : ms + 50_000,
        source_version: '',
        lifecycle_stage: 'active',
        artifact_uri: `/mlruns/${at}`,
        experiment_id: below(3),
        deleted_time: null,
      });
      for (let step = 0; step < 20; step++) {
        const nan = step === 7 && at % 6 === 0;
        // MLflow writes ±1.797e308 for an infinity, and 0 with is_nan for NaN.
        write('metrics', {
          key: step % 2 ? 'loss' : 'acc',
          value: nan ? 0 : step === 9 && at % 7 === 0 ? 1.7976931348623157e308 : 1 / (step + 1),
          timestamp: ms + step * 2000,
          run_uuid,
          step,
          is_nan: nan ? 1 : 0,
        });
      }
      for (const key of ['loss', 'acc'])
        write('latest_metrics', { key, value: 0.05, timestamp: ms + 38_000, step: 19, is_nan: 0, run_uuid });
      write('params', { key: 'lr', value: '0.001', run_uuid });
      write('tags', { key: 'mlflow.user', value: 'ann', run_uuid });
    }
    for (const ms of moments(Math.ceil(rows / 6))) {
      const trace = `tr-${pen.hex(32)}`;
      write('trace_info', {
        request_id: trace,
        experiment_id: below(3),
        timestamp_ms: ms,
        execution_time_ms: 900 + below(900),
        status: below(9) === 0 ? 'ERROR' : 'OK',
      });
      write('trace_tags', { key: 'mlflow.traceName', value: 'predict', request_id: trace });
      write('trace_request_metadata', { key: 'mlflow.traceInputs', value: '{"q":1}', request_id: trace });
      for (let n = 0; n < 3; n++) {
        const start = BigInt(ms + n * 100) * 1_000_000n + BigInt(below(1_000_000));
        write('spans', {
          trace_id: trace,
          experiment_id: 0,
          span_id: pen.hex(16),
          parent_span_id: null,
          name: `s${n}`,
          type: 'LLM',
          status: 'OK',
          start_time_unix_nano: start,
          end_time_unix_nano: start + 80_000_000n,
          content: '{}',
        });
      }
    }
  },
};
