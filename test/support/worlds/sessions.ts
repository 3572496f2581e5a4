import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import type { BoundCase } from './bound-world.ts';
import { policyOf } from './small-database.ts';

/** Each table has a book of the rows that it ever had, which its triggers keep: `gone` when others deleted it, or changed it to another. */
function withBook(table: string): string {
  return `CREATE TABLE seen_${table} (tag TEXT PRIMARY KEY, gone INTEGER NOT NULL DEFAULT 0);
    CREATE TRIGGER book_${table} AFTER INSERT ON ${table} BEGIN INSERT OR REPLACE INTO seen_${table} VALUES (new.tag, 0); END;
    CREATE TRIGGER rebook_${table} AFTER UPDATE OF tag ON ${table} BEGIN
      DELETE FROM seen_${table} WHERE tag = old.tag; INSERT OR REPLACE INTO seen_${table} VALUES (new.tag, 0); END;`;
}

/** Sessions with messages (which reply to one another) with parts (no key), notes (WITHOUT ROWID), and bookmarks of the user, unmanaged. */
export const SESSIONS_DDL: string = `
  CREATE TABLE session (id TEXT PRIMARY KEY, ts TEXT, state TEXT, tag TEXT);
  CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT REFERENCES session(id) ON DELETE CASCADE,
    reply_to INTEGER REFERENCES message(id), tag TEXT);
  CREATE TABLE part (message_id INTEGER REFERENCES message(id), session_id TEXT, state TEXT, tag TEXT);
  CREATE TABLE note (session_id TEXT REFERENCES session(id), n INTEGER, tag TEXT, PRIMARY KEY (session_id, n)) WITHOUT ROWID;
  CREATE TABLE bookmark (id INTEGER PRIMARY KEY, message_id INTEGER REFERENCES message(id));
  CREATE INDEX message_session ON message (session_id);
  ${['session', 'message', 'part', 'note'].map(withBook).join('\n')}
  WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    INSERT INTO session SELECT 's' || i, '2026-01-' || (10 + i % 3) || 'T10:00:0' || i || 'Z', 'done', 'session ' || i FROM n;
  INSERT INTO session VALUES ('young', '2026-02-10T00:00:00Z', 'done', 'session young'), ('undated', 'soon', 'done', 'session undated');
  WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 33)
    INSERT INTO message SELECT i, CASE i WHEN 31 THEN 'young' WHEN 32 THEN 'undated' WHEN 33 THEN 'nobody' ELSE 's' || (1 + i * 7 % 9) END,
      CASE WHEN i > 9 AND i < 31 THEN i - 9 END, 'message ' || i FROM n;
  INSERT INTO part SELECT id, session_id, CASE id WHEN 5 THEN 'open' ELSE 'done' END, 'part ' || id FROM message WHERE id % 2;
  INSERT INTO part SELECT id, session_id, 'done', 'second part ' || id FROM message WHERE id % 5 = 0;
  INSERT INTO note SELECT id, length(id), 'note ' || id FROM session WHERE id <> 's3';
  INSERT INTO bookmark VALUES (1, 2);`;

export const SESSION_UNITS: BoundCase['units'] = [
  {
    root: 'session',
    members: new Map([
      ['message', 'session_id'],
      ['note', 'session_id'],
      ['part', 'session_id'],
    ]),
  },
];

function child(table: string, parent: string, by: string, other: Partial<Policy> = {}): Policy {
  return policyOf(table, { with: { parent, by: [by] }, lookupKeys: [], ...other });
}

/** @param other keys of the policy of each table. */
export function sessionsCase(
  other: Readonly<Record<string, Partial<Policy>>> = {},
  meanwhile?: BoundCase['meanwhile'],
  extra = '',
): BoundCase {
  const policies = buildPolicySet([
    policyOf('session', { lookupKeys: [], ...other.session }),
    child('message', 'session', 'session_id', other.message),
    child('part', 'message', 'message_id', { openWhile: "state = 'open'", ...other.part }),
    child('note', 'session', 'session_id', other.note),
  ]);
  return {
    ...{ ddl: SESSIONS_DDL + extra, policies, units: SESSION_UNITS },
    ...(meanwhile === undefined ? {} : { meanwhile }),
  };
}
