import { PROGRAM_NOW } from '../program.ts';
import { type HeldBack, iso, ms, some, ticks, webkit } from './held-back.ts';

const APPLE = 978_307_200;
const apple = (at: number): number => at / 1000 - APPLE;
const appleNs = (at: number): bigint => BigInt(Math.floor(at / 1000) - APPLE) * 1_000_000_000n;

/** Programs that keep messages and what a person visited. */
export const messages: readonly HeldBack[] = [
  {
    name: 'Messages (macOS chat.db)',
    ddl: `CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, service TEXT NOT NULL, UNIQUE (id, service));
      CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER, chat_identifier TEXT);
      CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, date INTEGER, date_read INTEGER, date_delivered INTEGER,
        is_from_me INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0, date_edited INTEGER DEFAULT 0);
      CREATE INDEX message_idx_date ON message (date);
      CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, created_date INTEGER DEFAULT 0, start_date INTEGER DEFAULT 0, filename TEXT, total_bytes INTEGER DEFAULT 0);
      CREATE TABLE chat_message_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE, message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,
        message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));`,
    rows: (at, n) => ({
      message: {
        guid: `m${n}`,
        text: 'hello',
        handle_id: 1,
        date: appleNs(at),
        date_read: n % 2 ? appleNs(at + 90_000) : 0,
        date_delivered: 0,
      },
      chat_message_join: { chat_id: 1, message_id: n + 1, message_date: appleNs(at) },
      ...some(n % 3 === 0, {
        attachment: {
          guid: `a${n}`,
          created_date: Math.floor(apple(at)),
          filename: '~/x.heic',
          total_bytes: 70_000 + n,
        },
      }),
      ...some(n < 3, {
        handle: { id: `+4912${n}`, service: 'iMessage' },
        chat: { guid: `c${n}`, style: 45, chat_identifier: 'x' },
      }),
    }),
    answers: {
      message: 'date apple_ns',
      attachment: 'created_date apple',
      chat_message_join: 'with message',
      handle: null,
      chat: null,
    },
  },
  {
    name: 'Voice Memos (Core Data)',
    ddl: `CREATE TABLE ZCLOUDRECORDING (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZFLAGS INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZEVICTIONDATE TIMESTAMP, ZPATH VARCHAR, ZUNIQUEID VARCHAR);
      CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);`,
    rows: (at, n) => ({
      ZCLOUDRECORDING: {
        Z_ENT: 1,
        Z_OPT: 3,
        ZFLAGS: 4,
        ZDATE: apple(at),
        ZDURATION: 30.5 + n,
        ZEVICTIONDATE: null,
        ZPATH: `${n}.m4a`,
      },
      ...some(n === 0, { Z_PRIMARYKEY: { Z_ENT: 1, Z_NAME: 'CloudRecording', Z_SUPER: 0, Z_MAX: 240 } }),
    }),
    answers: { ZCLOUDRECORDING: 'ZDATE apple', Z_PRIMARYKEY: null },
  },
  {
    name: 'Chrome History',
    ddl: `CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL,
        last_visit_time INTEGER NOT NULL, hidden INTEGER DEFAULT 0 NOT NULL);
      CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL,
        segment_id INTEGER, visit_duration INTEGER DEFAULT 0 NOT NULL, opener_visit INTEGER);
      CREATE INDEX visits_time_index ON visits (visit_time);
      CREATE TABLE downloads (id INTEGER PRIMARY KEY, guid VARCHAR NOT NULL, current_path LONGVARCHAR NOT NULL, start_time INTEGER NOT NULL, received_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL,
        state INTEGER NOT NULL, end_time INTEGER NOT NULL, last_access_time INTEGER NOT NULL, last_modified VARCHAR NOT NULL);
      CREATE TABLE meta (key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR);`,
    rows: (at, n) => ({
      visits: {
        url: 1 + (n % 60),
        visit_time: webkit(at),
        from_visit: n % 4 ? n : 0,
        transition: 805_306_368,
        visit_duration: n * 100_000,
      },
      ...some(n % 4 === 0, {
        downloads: {
          guid: `g${n}`,
          current_path: '/x',
          start_time: webkit(at),
          received_bytes: n * 999_983,
          total_bytes: n * 999_983,
          state: 1,
          end_time: webkit(at + 4000),
          last_access_time: 0,
          last_modified: 'Mon, 01 Jun 2026 10:00:00 GMT',
        },
      }),
      ...some(n < 60, {
        urls: {
          url: `https://${n}.example`,
          title: 'x',
          visit_count: 4,
          last_visit_time: webkit(PROGRAM_NOW - ((n * n * 37) % 61) * 80_000_000),
        },
      }),
      ...some(n === 0, { meta: { key: 'version', value: '66' } }),
    }),
    answers: {
      visits: 'visit_time webkit',
      downloads: 'start_time webkit',
      urls: '(living)',
      meta: null,
    },
  },
  {
    name: 'WhatsApp (msgstore.db)',
    ddl: `CREATE TABLE jid (_id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, server TEXT NOT NULL, raw_string TEXT);
      CREATE TABLE chat (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER UNIQUE, hidden INTEGER, subject TEXT, created_timestamp INTEGER, last_message_row_id INTEGER, sort_timestamp INTEGER);
      CREATE TABLE message (_id INTEGER PRIMARY KEY AUTOINCREMENT, chat_row_id INTEGER NOT NULL, from_me INTEGER NOT NULL, key_id TEXT NOT NULL, sender_jid_row_id INTEGER, status INTEGER,
        timestamp INTEGER, received_timestamp INTEGER, receipt_server_timestamp INTEGER, message_type INTEGER, text_data TEXT, sort_id INTEGER NOT NULL DEFAULT 0);
      CREATE TABLE message_media (message_row_id INTEGER PRIMARY KEY, chat_row_id INTEGER, file_path TEXT, file_size INTEGER, file_length INTEGER, media_key BLOB);`,
    rows: (at, n) => ({
      message: {
        chat_row_id: 1 + (n % 4),
        from_me: n % 2,
        key_id: `k${n}`,
        sender_jid_row_id: 0,
        status: 13,
        timestamp: ms(at),
        received_timestamp: n % 2 ? -1 : ms(at + 700),
        receipt_server_timestamp: n % 2 ? ms(at + 300) : -1,
        message_type: 0,
        text_data: 'x',
        sort_id: n + 1,
      },
      ...some(n % 5 === 0, {
        message_media: {
          message_row_id: n + 1,
          chat_row_id: 1 + (n % 4),
          file_path: 'Media/x.jpg',
          file_size: 90_000 + n,
          file_length: 90_000 + n,
        },
      }),
      ...some(n < 4, {
        jid: { user: `${n}`, server: 's.whatsapp.net' },
        chat: { jid_row_id: n + 1, created_timestamp: ms(at), sort_timestamp: ms(at + 120 * 86_400_000) },
      }),
    }),
    answers: { message: 'timestamp', message_media: 'with message', jid: null, chat: '(in_use)' },
  },
  {
    name: 'Signal Desktop',
    ddl: `CREATE TABLE conversations (id STRING PRIMARY KEY ASC, json TEXT, active_at INTEGER, type STRING, members TEXT, name TEXT, profileName TEXT);
      CREATE TABLE messages (rowid INTEGER PRIMARY KEY ASC, id STRING UNIQUE, json TEXT, readStatus INTEGER, expires_at INTEGER, sent_at INTEGER, schemaVersion INTEGER, conversationId STRING,
        received_at INTEGER, source STRING, hasAttachments INTEGER, expireTimer INTEGER, expirationStartTimestamp INTEGER, type STRING, body TEXT,
        isErased INTEGER AS (json_extract(json, '$.isErased')), received_at_ms INTEGER AS (json_extract(json, '$.received_at_ms')));
      CREATE INDEX messages_conversation ON messages (conversationId, received_at, sent_at);
      CREATE TABLE unprocessed (id STRING PRIMARY KEY ASC, timestamp INTEGER, version INTEGER, attempts INTEGER, envelope TEXT);`,
    rows: (at, n) => ({
      messages: {
        id: `${n}-x`,
        json: JSON.stringify({ received_at_ms: at + 400 }),
        readStatus: 0,
        expires_at: null,
        sent_at: ms(at),
        schemaVersion: 14,
        conversationId: `c${n % 5}`,
        received_at: 500 + n,
        hasAttachments: 0,
        expireTimer: null,
        expirationStartTimestamp: n % 9 ? null : ms(at + 9000),
        type: 'incoming',
        body: 'x',
      },
      ...some(n < 5, {
        conversations: {
          id: `c${n}`,
          json: '{}',
          active_at: ms(at + 150 * 86_400_000),
          type: 'private',
          name: 'x',
        },
      }),
    }),
    answers: { messages: 'sent_at', conversations: 'active_at', unprocessed: 'timestamp' },
  },
  {
    name: 'a client of Discord (snowflake ids)',
    ddl: `CREATE TABLE messages (id INTEGER PRIMARY KEY, channel_id INTEGER NOT NULL, author_id INTEGER NOT NULL, content TEXT, timestamp TEXT NOT NULL, edited_timestamp TEXT);
      CREATE TABLE reactions (id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL REFERENCES messages (id), emoji TEXT NOT NULL);`,
    rows: (at, n) => {
      const snowflake = BigInt(at - 1_420_070_400_000) << 22n;
      return {
        messages: {
          id: snowflake,
          channel_id: 81_384_788_765_712_384n,
          author_id: 53_908_232_506_183_680n + BigInt(n % 9),
          content: 'x',
          timestamp: iso(at),
          edited_timestamp: n % 8 ? null : iso(at + 60_000),
        },
        reactions: { id: snowflake + 1n, message_id: snowflake, emoji: '+1' },
      };
    },
    answers: { messages: 'timestamp', reactions: 'with messages' },
  },
  {
    name: 'a store of events with ULIDs and UUIDs of version 7',
    ddl: `CREATE TABLE event (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT);
      CREATE TABLE audit (id BLOB PRIMARY KEY, actor TEXT, at_ticks INTEGER NOT NULL, note TEXT) WITHOUT ROWID;`,
    rows: (at, n) => ({
      event: {
        id: `01J${at.toString(32).toUpperCase()}${String(n).padStart(13, '0')}`,
        kind: 'x',
        body: '{}',
      },
      audit: {
        id: Buffer.from(`${at.toString(16).padStart(12, '0')}7${String(n).padStart(19, '0')}`, 'hex'),
        actor: 'a',
        at_ticks: ticks(at),
        note: '',
      },
    }),
    answers: { event: null, audit: 'at_ticks ticks' },
  },
];
