import { DAY, type Program, seconds } from '../program.ts';

export const openWebui: Program = {
  name: 'Open WebUI',
  version: '0.6 to 0.8',
  source: 'https://github.com/open-webui/open-webui/tree/main/backend/open_webui/models',
  schema: `
    CREATE TABLE migratehistory (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, migrated_at DATETIME NOT NULL);
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
    CREATE TABLE config (id INTEGER NOT NULL, data JSON NOT NULL, version INTEGER NOT NULL, created_at DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
      updated_at DATETIME DEFAULT (CURRENT_TIMESTAMP), PRIMARY KEY (id));
    CREATE TABLE "user" (id VARCHAR NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, email VARCHAR NOT NULL, role VARCHAR NOT NULL, profile_image_url TEXT NOT NULL,
      last_active_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_at BIGINT NOT NULL);
    CREATE TABLE "auth" (id VARCHAR NOT NULL, email VARCHAR NOT NULL, password TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (id));
    CREATE TABLE "chat" (id VARCHAR NOT NULL, user_id VARCHAR NOT NULL, title TEXT NOT NULL, share_id VARCHAR, archived INTEGER NOT NULL, created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL, chat JSON, pinned BOOLEAN, meta JSON DEFAULT '{}' NOT NULL, folder_id TEXT, last_read_at BIGINT, PRIMARY KEY (id), UNIQUE (share_id));
    CREATE INDEX updated_at_user_id_idx ON chat (updated_at, user_id);
    CREATE INDEX user_id_pinned_idx ON chat (user_id, pinned);
    CREATE TABLE chat_message (id TEXT NOT NULL, chat_id TEXT NOT NULL, user_id TEXT, role TEXT NOT NULL, parent_id TEXT, content JSON, output JSON, model_id TEXT, files JSON,
      sources JSON, embeds JSON, done BOOLEAN, status_history JSON, error JSON, usage JSON, created_at BIGINT, updated_at BIGINT, PRIMARY KEY (id),
      FOREIGN KEY(chat_id) REFERENCES chat (id) ON DELETE CASCADE);
    CREATE INDEX ix_chat_message_created_at ON chat_message (created_at);
    CREATE INDEX chat_message_chat_parent_idx ON chat_message (chat_id, parent_id);
    CREATE TABLE channel (id TEXT NOT NULL, user_id TEXT, type TEXT, name TEXT, description TEXT, data JSON, meta JSON, created_at BIGINT, updated_at BIGINT, PRIMARY KEY (id), UNIQUE (id));
    CREATE TABLE message (id TEXT NOT NULL, user_id TEXT, channel_id TEXT, reply_to_id TEXT, parent_id TEXT, is_pinned BOOLEAN DEFAULT 0 NOT NULL, pinned_at BIGINT, pinned_by TEXT,
      content TEXT, data JSON, meta JSON, created_at BIGINT, updated_at BIGINT, PRIMARY KEY (id), UNIQUE (id));
    CREATE TABLE message_reaction (id TEXT NOT NULL, user_id TEXT NOT NULL, message_id TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT, PRIMARY KEY (id), UNIQUE (id));
    CREATE TABLE "file" (id VARCHAR NOT NULL PRIMARY KEY, user_id VARCHAR NOT NULL, filename TEXT NOT NULL, meta JSON, hash TEXT, data JSON, path TEXT, created_at BIGINT, updated_at BIGINT);
    CREATE TABLE chat_file (id TEXT NOT NULL, user_id TEXT NOT NULL, chat_id TEXT NOT NULL, message_id TEXT, file_id TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
      PRIMARY KEY (id), FOREIGN KEY(chat_id) REFERENCES chat (id) ON DELETE CASCADE, FOREIGN KEY(file_id) REFERENCES file (id) ON DELETE CASCADE,
      CONSTRAINT uq_chat_file_chat_file UNIQUE (chat_id, file_id));
    CREATE TABLE tag (id VARCHAR NOT NULL, name VARCHAR NOT NULL, user_id VARCHAR NOT NULL, meta JSON, CONSTRAINT pk_id_user_id PRIMARY KEY (id, user_id));`,
  answers: {
    migratehistory: ['migrations', 'migrated_at'],
    alembic_version: ['migrations', null],
    config: ['living', 'created_at'],
    user: ['in_use', 'created_at'],
    auth: ['no_time', null],
    chat: ['archive', 'created_at'],
    chat_message: ['with', 'created_at'],
    channel: ['in_use', 'created_at'],
    message: ['archive', 'created_at'],
    message_reaction: ['archive', 'created_at'],
    file: ['archive', 'created_at'],
    chat_file: ['with', 'created_at'],
    tag: ['no_time', null],
  },
  fill(pen) {
    const { write, moments, below, rows, now, days } = pen;
    const start = now - days * DAY;
    for (let n = 1; n <= 18; n++)
      write('migratehistory', {
        name: `0${n}_x`,
        migrated_at: new Date(start).toISOString().slice(0, 19).replace('T', ' '),
      });
    write('alembic_version', { version_num: pen.hex(12) });
    write('config', {
      data: '{}',
      version: 0,
      created_at: '2025-11-13 08:00:00',
      updated_at: '2026-05-30 08:00:00',
    });
    const users = ['ann', 'bob', 'eve'];
    for (const [at, id] of users.entries()) {
      write('user', {
        id,
        name: id,
        email: `${id}@example.com`,
        role: 'user',
        profile_image_url: '/user.png',
        last_active_at: seconds(now) - at,
        updated_at: seconds(now) - at,
        created_at: seconds(start) + at,
      });
      write('auth', { id, email: `${id}@example.com`, password: pen.hex(60), active: 1 });
    }
    for (let n = 0; n < 2; n++)
      write('channel', {
        id: `channel${n}`,
        user_id: 'ann',
        name: `c${n}`,
        created_at: (BigInt(start) + BigInt(n)) * 1_000_000n,
        updated_at: BigInt(start) * 1_000_000n,
      });
    const chats = moments(Math.ceil(rows / 6));
    for (const [at, ms] of chats.entries()) {
      const [id, user_id, created_at] = [`chat-${pen.hex(12)}`, users[below(3)]!, seconds(ms)];
      // One in ten is taken up again weeks later.
      const pause = at % 10 === 0 ? Math.min(25 * DAY, now - ms) : Math.min(DAY / 4, now - ms);
      const messages = 6;
      write('chat', {
        id,
        user_id,
        title: `Chat ${at}`,
        archived: 0,
        created_at,
        updated_at: seconds(ms + pause),
        chat: '{"history":{}}',
        pinned: at % 17 === 0 ? 1 : 0,
        meta: '{}',
        last_read_at: null,
      });
      for (let n = 0; n < messages; n++) {
        const time = seconds(ms + (pause * n) / (messages - 1));
        write('chat_message', {
          id: `${id}-${n}`,
          chat_id: id,
          user_id,
          role: n % 2 ? 'assistant' : 'user',
          parent_id: n === 0 ? null : `${id}-${n - 1}`,
          content: `"text ${n}"`,
          model_id: n % 2 ? 'llama3' : null,
          done: 1,
          usage: n % 2 ? '{"input_tokens":12}' : null,
          created_at: time,
          updated_at: time + 3,
        });
      }
      if (at % 5 === 0) {
        write('file', { id: `file-${at}`, user_id, filename: 'x.pdf', created_at, updated_at: created_at });
        write('chat_file', {
          id: pen.hex(16),
          user_id,
          chat_id: id,
          message_id: null,
          file_id: `file-${at}`,
          created_at,
          updated_at: created_at,
        });
      }
    }
    for (const [at, ms] of moments(Math.ceil(rows / 4)).entries()) {
      const created_at = BigInt(ms) * 1_000_000n + BigInt(below(1_000_000));
      write('message', {
        id: `m${at}`,
        user_id: users[below(3)]!,
        channel_id: `channel${at % 2}`,
        parent_id: at % 4 === 3 ? `m${at - 1}` : null,
        content: `hello ${at}`,
        created_at,
        updated_at: created_at,
      });
      if (at % 3 === 0)
        write('message_reaction', {
          id: `r${at}`,
          user_id: 'bob',
          message_id: `m${at}`,
          name: 'thumbsup',
          created_at: created_at + 9_000_000_000n,
        });
    }
    write('tag', { id: 'work', name: 'work', user_id: 'ann' });
  },
};
