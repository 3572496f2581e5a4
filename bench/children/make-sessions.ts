import { DatabaseSync } from 'node:sqlite';

/** Messages of each session. */
const MESSAGES = 10;

/** Sessions with ten messages each (0.2 KB), evenly over some days that end now, and a bookmark of each 5,000th message. Both tables have times, and an index on them. */
export function createSessions(path: string, rows: number, days: number, now: number): void {
  using db = new DatabaseSync(path);
  const sessions = Math.ceil(rows / (MESSAGES + 1));
  const step = (days * 86_400_000) / sessions;
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE session (id TEXT PRIMARY KEY, ts TEXT NOT NULL, title TEXT);
    CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, ts TEXT NOT NULL, role TEXT, body TEXT);
    CREATE INDEX session_ts ON session (ts); CREATE INDEX message_ts ON message (ts);
    CREATE INDEX message_session ON message (session_id);
    CREATE TABLE bookmark (id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL REFERENCES message(id));`);
  const session = db.prepare('INSERT INTO session VALUES (?, ?, ?)');
  const message = db.prepare('INSERT INTO message (session_id, ts, role, body) VALUES (?, ?, ?, ?)');
  const random = randomFrom(1);
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[random() % WORDS.length]).join(' ');
  db.exec('BEGIN');
  for (let at = 0; at < sessions; at++) {
    const began = now - days * 86_400_000 + at * step;
    const time = (seconds: number): string => new Date(began + seconds * 1000).toISOString();
    const id = random().toString(16).padStart(8, '0') + at.toString(16).padStart(8, '0');
    session.run(id, time(0), words(5));
    for (let reply = 0; reply < MESSAGES; reply++)
      message.run(id, time(reply), reply % 2 === 0 ? 'user' : 'assistant', words(14));
  }
  db.exec('INSERT INTO bookmark (message_id) SELECT id FROM message WHERE id % 5000 = 0');
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
}

const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et magna aliqua'.split(
    ' ',
  );

/** 32 bits each (xorshift). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
