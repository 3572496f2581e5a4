import { DAY, type Program, seconds } from '../program.ts';

export const gitea: Program = {
  name: 'Gitea',
  version: '1.22 to 1.24',
  source: 'https://github.com/go-gitea/gitea/tree/main/models',
  schema: `
    CREATE TABLE version (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version INTEGER NULL);
    CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, lower_name TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, passwd TEXT NOT NULL,
      passwd_hash_algo TEXT DEFAULT 'argon2' NOT NULL, created_unix INTEGER NULL, updated_unix INTEGER NULL, last_login_unix INTEGER NULL, is_active INTEGER NULL);
    CREATE TABLE repository (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, owner_id INTEGER NULL, owner_name TEXT NULL, lower_name TEXT NOT NULL, name TEXT NOT NULL,
      description TEXT NULL, num_issues INTEGER NULL, is_private INTEGER NULL, created_unix INTEGER NULL, updated_unix INTEGER NULL, archived_unix INTEGER DEFAULT 0 NULL);
    CREATE INDEX IDX_repository_created_unix ON repository (created_unix);
    CREATE INDEX IDX_repository_updated_unix ON repository (updated_unix);
    CREATE TABLE issue (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, repo_id INTEGER NULL, "index" INTEGER NULL, poster_id INTEGER NULL, name TEXT NULL, content TEXT NULL,
      is_closed INTEGER NULL, is_pull INTEGER NULL, num_comments INTEGER NULL, deadline_unix INTEGER NULL, created_unix INTEGER NULL, updated_unix INTEGER NULL, closed_unix INTEGER NULL);
    CREATE TABLE comment (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, type INTEGER NULL, poster_id INTEGER NULL, issue_id INTEGER NULL, content TEXT NULL,
      created_unix INTEGER NULL, updated_unix INTEGER NULL);
    CREATE INDEX IDX_comment_issue_id ON comment (issue_id);
    CREATE INDEX IDX_comment_created_unix ON comment (created_unix);
    CREATE TABLE action (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id INTEGER NULL, op_type INTEGER NULL, act_user_id INTEGER NULL, repo_id INTEGER NULL,
      comment_id INTEGER NULL, is_deleted INTEGER DEFAULT 0 NOT NULL, ref_name TEXT NULL, is_private INTEGER DEFAULT 0 NOT NULL, content TEXT NULL, created_unix INTEGER NULL);
    CREATE INDEX IDX_action_comment_id ON action (comment_id);
    CREATE INDEX IDX_action_r_u_d ON action (repo_id, user_id, is_deleted);
    CREATE INDEX IDX_action_au_r_c_u_d ON action (act_user_id, repo_id, created_unix, user_id, is_deleted);
    CREATE INDEX IDX_action_c_u_d ON action (created_unix, user_id, is_deleted);
    CREATE TABLE notification (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id INTEGER NOT NULL, repo_id INTEGER NOT NULL, status SMALLINT NOT NULL, source SMALLINT NOT NULL,
      issue_id INTEGER NOT NULL, commit_id TEXT NULL, comment_id INTEGER NULL, updated_by INTEGER NOT NULL, created_unix INTEGER NOT NULL, updated_unix INTEGER NOT NULL);
    CREATE TABLE hook_task (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, hook_id INTEGER NULL, uuid TEXT NULL, payload_content TEXT NULL, event_type TEXT NULL,
      is_delivered INTEGER NULL, delivered INTEGER NULL, is_succeed INTEGER NULL, request_content TEXT NULL, response_content TEXT NULL);
    CREATE TABLE access_token (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, uid INTEGER NULL, name TEXT NULL, token_hash TEXT NULL, token_salt TEXT NULL,
      token_last_eight TEXT NULL, created_unix INTEGER NULL, updated_unix INTEGER NULL);`,
  answers: {
    version: ['no_time', null],
    user: ['accounts', 'created_unix'],
    repository: ['living', 'created_unix'],
    issue: ['in_use', 'created_unix'],
    comment: ['archive', 'created_unix'],
    action: ['archive', 'created_unix'],
    notification: ['archive', 'created_unix'],
    hook_task: ['archive', 'delivered'],
    access_token: ['accounts', 'created_unix'],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = seconds(now - days * DAY);
    write('version', { version: 321 });
    for (let id = 1; id <= 4; id++) {
      write('user', {
        id,
        lower_name: `u${id}`,
        name: `U${id}`,
        email: `u${id}@example.com`,
        passwd: pen.hex(64),
        created_unix: start + id,
        updated_unix: seconds(now) - id * 9000,
        last_login_unix: seconds(now) - id * 9000,
        is_active: 1,
      });
      write('access_token', {
        uid: id,
        name: 'ci',
        token_hash: pen.hex(64),
        token_salt: pen.hex(10),
        token_last_eight: pen.hex(8),
        created_unix: start + id * 90_000,
        updated_unix: start + id * 90_000,
      });
      write('repository', {
        id,
        owner_id: id,
        owner_name: `U${id}`,
        lower_name: `r${id}`,
        name: `r${id}`,
        created_unix: start + id * 5000,
        updated_unix: seconds(now) - id * 4000,
        archived_unix: 0,
      });
    }
    for (const [at, ms] of moments(Math.ceil(rows / 6)).entries())
      write('issue', {
        repo_id: 1 + below(4),
        index: at + 1,
        poster_id: 1 + below(4),
        name: `Issue ${at}`,
        content: 'x',
        is_closed: at % 2,
        is_pull: 0,
        num_comments: 3,
        deadline_unix: at % 9 === 0 ? seconds(now) + 900_000 : 0,
        created_unix: seconds(ms),
        updated_unix: seconds(now) - below(days * 40_000),
        closed_unix: at % 2 ? seconds(ms) + 9000 : 0,
      });
    const comments = Math.ceil(rows / 2);
    for (const [at, ms] of moments(comments).entries())
      write('comment', {
        type: 0,
        poster_id: 1 + below(4),
        issue_id: 1 + below(Math.max(1, Math.floor((at / comments) * (rows / 6)))),
        content: `comment ${at}`,
        created_unix: seconds(ms),
        updated_unix: seconds(ms),
      });
    for (const [at, ms] of moments(rows).entries())
      write('action', {
        user_id: 1 + below(4),
        op_type: at % 2 ? 5 : 10,
        act_user_id: 1 + below(4),
        repo_id: 1 + below(4),
        comment_id: at % 2 ? 0 : 1 + Math.floor((at / rows) * comments),
        ref_name: 'refs/heads/main',
        content: `{"Len":${at}}`,
        created_unix: seconds(ms),
      });
    for (const ms of moments(Math.ceil(rows / 5)))
      write('notification', {
        user_id: 1 + below(4),
        repo_id: 1 + below(4),
        status: 1 + below(2),
        source: 1,
        issue_id: 1 + below(9),
        comment_id: 0,
        updated_by: 1,
        created_unix: seconds(ms),
        updated_unix: seconds(ms) + below(9000),
      });
    for (const ms of moments(Math.ceil(rows / 8)))
      write('hook_task', {
        hook_id: 1,
        uuid: pen.hex(32),
        payload_content: '{}',
        event_type: 'push',
        is_delivered: 1,
        delivered: BigInt(ms) * 1_000_000n + BigInt(below(999_999)),
        is_succeed: 1,
        response_content: '{"status":200}',
      });
  },
};
