import { DAY, type Program, spaced } from '../program.ts';

const STAMPS =
  'created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL';

export const phoenix: Program = {
  name: 'Arize Phoenix',
  version: '8 to 12',
  source: 'https://github.com/Arize-ai/phoenix/blob/main/src/phoenix/db/models.py',
  schema: `
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
    CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR NOT NULL, password_hash BLOB, ${STAMPS}, CONSTRAINT pk_users PRIMARY KEY (id));
    CREATE TABLE projects (id INTEGER NOT NULL, name VARCHAR NOT NULL, description VARCHAR, gradient_start_color VARCHAR DEFAULT '#5bdbff' NOT NULL, ${STAMPS},
      CONSTRAINT pk_projects PRIMARY KEY (id), CONSTRAINT uq_projects_name UNIQUE (name));
    CREATE TABLE project_sessions (id INTEGER NOT NULL, session_id VARCHAR NOT NULL, project_id INTEGER NOT NULL, start_time TIMESTAMP NOT NULL, end_time TIMESTAMP NOT NULL,
      CONSTRAINT pk_project_sessions PRIMARY KEY (id), CONSTRAINT uq_project_sessions_session_id UNIQUE (session_id),
      CONSTRAINT fk_project_sessions_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
    CREATE INDEX ix_project_sessions_start_time ON project_sessions (start_time);
    CREATE INDEX ix_project_sessions_end_time ON project_sessions (end_time);
    CREATE TABLE traces (id INTEGER NOT NULL, project_rowid INTEGER NOT NULL, trace_id VARCHAR NOT NULL, project_session_rowid INTEGER, start_time TIMESTAMP NOT NULL,
      end_time TIMESTAMP NOT NULL, CONSTRAINT pk_traces PRIMARY KEY (id), CONSTRAINT uq_traces_trace_id UNIQUE (trace_id),
      CONSTRAINT fk_traces_project_rowid_projects FOREIGN KEY(project_rowid) REFERENCES projects (id) ON DELETE CASCADE,
      CONSTRAINT fk_traces_project_session_rowid_project_sessions FOREIGN KEY(project_session_rowid) REFERENCES project_sessions (id) ON DELETE CASCADE);
    CREATE INDEX ix_traces_start_time ON traces (start_time);
    CREATE INDEX ix_traces_project_rowid ON traces (project_rowid);
    CREATE INDEX ix_traces_project_session_rowid ON traces (project_session_rowid);
    CREATE TABLE spans (id INTEGER NOT NULL, trace_rowid INTEGER NOT NULL, span_id VARCHAR NOT NULL, parent_id VARCHAR, name VARCHAR NOT NULL, span_kind VARCHAR NOT NULL,
      start_time TIMESTAMP NOT NULL, end_time TIMESTAMP NOT NULL, attributes JSONB NOT NULL, events JSONB NOT NULL, status_code VARCHAR NOT NULL, status_message VARCHAR NOT NULL,
      cumulative_error_count INTEGER NOT NULL, cumulative_llm_token_count_prompt INTEGER NOT NULL, cumulative_llm_token_count_completion INTEGER NOT NULL,
      llm_token_count_prompt INTEGER, llm_token_count_completion INTEGER, CONSTRAINT pk_spans PRIMARY KEY (id),
      CONSTRAINT uq_spans_span_id UNIQUE (span_id) ON CONFLICT IGNORE, CONSTRAINT "ck_spans_\`valid_status\`" CHECK (status_code IN ('OK', 'ERROR', 'UNSET')),
      CONSTRAINT fk_spans_trace_rowid_traces FOREIGN KEY(trace_rowid) REFERENCES traces (id) ON DELETE CASCADE);
    CREATE INDEX ix_spans_trace_rowid ON spans (trace_rowid);
    CREATE INDEX ix_spans_start_time ON spans (start_time);
    CREATE INDEX ix_spans_parent_id ON spans (parent_id);
    CREATE INDEX ix_latency ON spans ((end_time - start_time));
    CREATE INDEX ix_cumulative_llm_token_count_total ON spans ((cumulative_llm_token_count_prompt + cumulative_llm_token_count_completion));
    CREATE TABLE span_annotations (id INTEGER NOT NULL, span_rowid INTEGER NOT NULL, name VARCHAR NOT NULL, label VARCHAR, score FLOAT, explanation VARCHAR, metadata JSONB NOT NULL,
      annotator_kind VARCHAR NOT NULL, ${STAMPS}, identifier VARCHAR DEFAULT '' NOT NULL, source VARCHAR NOT NULL, user_id INTEGER,
      CONSTRAINT pk_span_annotations PRIMARY KEY (id), CONSTRAINT uq_span_annotations_name_span_rowid_identifier UNIQUE (name, span_rowid, identifier),
      CONSTRAINT fk_span_annotations_span_rowid_spans FOREIGN KEY(span_rowid) REFERENCES spans (id) ON DELETE CASCADE,
      CONSTRAINT fk_span_annotations_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL);
    CREATE INDEX ix_span_annotations_span_rowid ON span_annotations (span_rowid);`,
  answers: {
    alembic_version: ['migrations', null],
    users: ['accounts', 'created_at'],
    projects: ['in_use', 'created_at'],
    project_sessions: ['archive', 'start_time'],
    traces: ['archive', 'start_time'],
    spans: ['with', 'start_time'],
    span_annotations: ['with', 'created_at'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = `${spaced(now - days * DAY)}000`;
    write('alembic_version', { version_num: pen.hex(12) });
    write('users', {
      id: 1,
      email: 'admin@localhost',
      password_hash: Buffer.from(pen.hex(64), 'hex'),
      created_at: start.slice(0, 19),
      updated_at: start.slice(0, 19),
    });
    for (const [at, name] of ['default', 'support-bot'].entries())
      write('projects', { id: at + 1, name, created_at: start.slice(0, 19), updated_at: start.slice(0, 19) });
    let span = 0;
    const traces = moments(Math.ceil(rows / 4));
    for (const [at, ms] of traces.entries()) {
      const micros = (after: number): string => `${spaced(ms + after)}${100 + below(900)}`;
      const session = Math.floor(at / 3) + 1;
      if (at % 3 === 0) {
        const last = traces[Math.min(at + 2, traces.length - 1)]!;
        write('project_sessions', {
          id: session,
          session_id: pen.hex(32),
          project_id: 2,
          start_time: micros(0),
          end_time: `${spaced(last + 6000)}000`,
        });
      }
      const inSession = at % 2 === 0;
      write('traces', {
        id: at + 1,
        project_rowid: inSession ? 2 : 1,
        trace_id: pen.hex(32),
        project_session_rowid: inSession ? session : null,
        start_time: micros(0),
        end_time: micros(5000),
      });
      let parent: string | null = null;
      for (let n = 0; n < 4; n++) {
        const span_id = pen.hex(16);
        write('spans', {
          ...{
            id: ++span,
            trace_rowid: at + 1,
            span_id,
            parent_id: parent,
            name: n === 0 ? 'agent' : `llm ${n}`,
            span_kind: n === 0 ? 'AGENT' : 'LLM',
            start_time: micros(n * 1000),
          },
          ...{
            end_time: micros(n * 1000 + 800),
            attributes: '{"input":{"value":"hello"}}',
            events: '[]',
            status_code: below(15) === 0 ? 'ERROR' : 'OK',
            status_message: '',
          },
          ...{
            cumulative_error_count: 0,
            cumulative_llm_token_count_prompt: below(500),
            cumulative_llm_token_count_completion: below(500),
            llm_token_count_prompt: n === 0 ? null : below(500),
          },
        });
        parent = span_id;
      }
      if (at % 3 === 0)
        write('span_annotations', {
          span_rowid: span,
          name: 'correctness',
          label: 'correct',
          score: 1,
          metadata: '{}',
          annotator_kind: 'LLM',
          source: 'API',
          created_at: micros(60_000).slice(0, 19),
          updated_at: micros(60_000).slice(0, 19),
        });
    }
  },
};
