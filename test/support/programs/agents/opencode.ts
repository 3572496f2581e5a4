import { DAY, type Program } from '../program.ts';

const STAMPS = 'time_created integer NOT NULL, time_updated integer NOT NULL';

export const opencode: Program = {
  name: 'opencode',
  version: '1.2 and newer',
  source: 'https://github.com/anomalyco/opencode/blob/dev/packages/opencode/src/session/session.sql.ts',
  schema: `
    CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric, name text, applied_at TEXT);
    CREATE TABLE project (id text PRIMARY KEY, worktree text NOT NULL, vcs text, name text, icon_url text, icon_color text, ${STAMPS}, time_initialized integer, sandboxes text NOT NULL);
    CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text, slug text NOT NULL, directory text NOT NULL, title text NOT NULL, version text NOT NULL,
      share_url text, summary_additions integer, summary_deletions integer, summary_files integer, summary_diffs text, revert text, permission text, ${STAMPS},
      time_compacting integer, time_archived integer, CONSTRAINT fk_session_project_id FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE);
    CREATE INDEX session_project_idx ON session (project_id);
    CREATE INDEX session_parent_idx ON session (parent_id);
    CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, ${STAMPS}, data text NOT NULL,
      CONSTRAINT fk_message_session_id FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE);
    CREATE INDEX message_session_idx ON message (session_id);
    CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, ${STAMPS}, data text NOT NULL,
      CONSTRAINT fk_part_message_id FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE);
    CREATE INDEX part_message_idx ON part (message_id);
    CREATE INDEX part_session_idx ON part (session_id);
    CREATE TABLE todo (session_id text NOT NULL, content text NOT NULL, status text NOT NULL, priority text NOT NULL, position integer NOT NULL, ${STAMPS},
      CONSTRAINT todo_pk PRIMARY KEY(session_id, position), CONSTRAINT fk_todo_session_id FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE);
    CREATE INDEX todo_session_idx ON todo (session_id);
    CREATE TABLE permission (project_id text PRIMARY KEY, ${STAMPS}, data text NOT NULL,
      CONSTRAINT fk_permission_project_id FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE);`,
  answers: {
    __drizzle_migrations: ['migrations', 'created_at'],
    project: ['in_use', 'time_created'],
    session: ['archive', 'time_created'],
    message: ['with', 'time_created'],
    part: ['with', 'time_created'],
    todo: ['with', 'time_created'],
    permission: ['living', 'time_created'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = now - days * DAY;
    write('__drizzle_migrations', {
      hash: pen.hex(64),
      created_at: start,
      name: '20260127222353_familiar_lady_ursula',
      applied_at: new Date(start).toISOString(),
    });
    for (let n = 0; n < 2; n++) {
      write('project', {
        id: `p${n}`,
        worktree: `/src/p${n}`,
        vcs: 'git',
        time_created: start + n,
        time_updated: now - n,
        sandboxes: '[]',
      });
      write('permission', {
        project_id: `p${n}`,
        time_created: start + n,
        time_updated: now - n * DAY,
        data: '[]',
      });
    }
    let last = '';
    for (const [at, ms] of moments(Math.ceil(rows / 12)).entries()) {
      const id = `ses_${pen.hex(26)}`;
      const ends = ms + Math.min(now - ms, 3 * 3_600_000);
      write('session', {
        id,
        project_id: `p${at % 2}`,
        parent_id: at % 5 === 4 ? last : null,
        slug: `s${at}`,
        directory: '/src',
        title: `Session ${at}`,
        version: '1.2.0',
        permission: null,
        time_created: ms,
        time_updated: ends,
      });
      last = id;
      for (let n = 0; n < 4; n++) {
        const [message_id, time_created] = [`msg_${pen.hex(26)}`, Math.floor(ms + ((ends - ms) * n) / 4)];
        write('message', {
          id: message_id,
          session_id: id,
          time_created,
          time_updated: time_created + 2000,
          data: `{"role":"${n % 2 ? 'assistant' : 'user'}"}`,
        });
        for (let p = 0; p < 3; p++)
          write('part', {
            id: `prt_${pen.hex(26)}`,
            message_id,
            session_id: id,
            time_created: time_created + p,
            time_updated: time_created + p,
            data: `{"type":"text","text":"${pen.hex(50)}"}`,
          });
      }
      if (at % 2 === 0)
        for (let position = 0; position < 3; position++)
          write('todo', {
            session_id: id,
            content: `step ${position}`,
            status: 'completed',
            priority: 'high',
            position,
            time_created: ms + below(9000),
            time_updated: ends,
          });
    }
  },
};
