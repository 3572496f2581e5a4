import { DAY, type Program, seconds, spaced } from '../program.ts';

export const goose: Program = {
  name: 'goose',
  version: '1.10 to 1.16 (schema 5)',
  source: 'https://github.com/block/goose/blob/main/crates/goose/src/session/session_manager.rs',
  schema: `
    CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', user_set_name BOOLEAN DEFAULT FALSE,
      session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      extension_data TEXT DEFAULT '{}', total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER, accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER,
      accumulated_output_tokens INTEGER, schedule_id TEXT, recipe_json TEXT, user_recipe_values_json TEXT);
    CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id), role TEXT NOT NULL, content_json TEXT NOT NULL,
      created_timestamp INTEGER NOT NULL, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, tokens INTEGER, metadata_json TEXT);
    CREATE INDEX idx_messages_session ON messages(session_id);
    CREATE INDEX idx_messages_timestamp ON messages(timestamp);
    CREATE INDEX idx_sessions_updated ON sessions(updated_at DESC);
    CREATE INDEX idx_sessions_type ON sessions(session_type);`,
  answers: {
    schema_version: ['migrations', 'applied_at'],
    sessions: ['archive', 'created_at'],
    messages: ['with', 'timestamp'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const plain = (ms: number): string => spaced(ms).slice(0, 19);
    write('schema_version', { version: 5, applied_at: plain(now - days * DAY) });
    for (const [at, ms] of moments(Math.ceil(rows / 8)).entries()) {
      const id = `${plain(ms).slice(0, 10).replaceAll('-', '')}_${at}`;
      const ends = ms + Math.min(now - ms, at % 12 === 0 ? 6 * DAY : 2 * 3_600_000);
      write('sessions', {
        id,
        name: `Session ${at}`,
        working_dir: '/src',
        created_at: plain(ms),
        updated_at: plain(ends),
        total_tokens: below(9000),
        schedule_id: null,
      });
      for (let n = 0; n < 8; n++) {
        const time = ms + ((ends - ms) * n) / 7;
        write('messages', {
          session_id: id,
          role: n % 2 ? 'assistant' : 'user',
          content_json: `[{"type":"text","text":"${pen.hex(40)}"}]`,
          created_timestamp: seconds(time),
          timestamp: plain(time),
          tokens: null,
        });
      }
    }
  },
};
