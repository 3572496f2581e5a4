import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { firn, TEST_NOW } from '../../cli/world.ts';

/*
 * What a run says of units and references equals a count over the rows that shares no code with it: which rows stay, why, and how many references
 * dangle afterwards.
 */

const CONFIG = `database: a.db
archives: archives
preset: none
tables:
  session: {hot: 7d, warm: 90d, cold: 1y, time_column: ts}
  message: {with: session, by: session_id, open_while: "state = 'open'"}
  label: {hot: 7d, warm: 90d, cold: 1y, time_column: ts, references: ignore}
  event: {hot: 7d, warm: 90d, cold: 1y, time_column: ts}
`;

const DDL = `
  CREATE TABLE session (id TEXT PRIMARY KEY, ts TEXT);
  CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT REFERENCES session, state TEXT);
  CREATE INDEX message_session ON message (session_id);
  CREATE TABLE bookmark (id INTEGER PRIMARY KEY, message_id TEXT REFERENCES message);
  CREATE TABLE label (id TEXT PRIMARY KEY, ts TEXT);
  CREATE TABLE event (id TEXT PRIMARY KEY, ts TEXT, label_id TEXT REFERENCES label);
  CREATE INDEX event_label ON event (label_id);
  CREATE TABLE label_use (id INTEGER PRIMARY KEY, label_id TEXT REFERENCES label);`;

interface Session {
  readonly id: string;
  readonly ts: string;
}
interface Message {
  readonly id: string;
  readonly session_id: string | null;
  readonly state: string;
}
interface Event extends Session {
  readonly label_id: string | null;
}

function read(db: DatabaseSync) {
  const all = <T>(sql: string): T[] => db.prepare(sql).all() as T[];
  return {
    sessions: all<Session>('SELECT * FROM session'),
    messages: all<Message>('SELECT * FROM message'),
    bookmarks: all<{ message_id: string | null }>('SELECT * FROM bookmark'),
    labels: all<Session>('SELECT * FROM label'),
    events: all<Event>('SELECT * FROM event'),
    uses: all<{ label_id: string | null }>('SELECT * FROM label_use'),
  };
}

const isDue = ({ ts }: Session): boolean => TEST_NOW - Date.parse(ts) >= 7 * 86_400_000;

/** The first reason that applies keeps a row: it is unfinished, an unfinished row is in its unit, it is referred to, such a row is in its unit. */
function count(rows: ReturnType<typeof read>) {
  const marked = new Set(rows.bookmarks.map(({ message_id }) => message_id));
  const known = new Set(rows.sessions.map(({ id }) => id));
  const orphans = rows.messages.filter(({ session_id }) => session_id === null || !known.has(session_id));
  const figures = {
    session: { records: 0, with_unit: 0 },
    message: { records: 0, open: 0, referenced: 0, with_unit: 0 },
  };
  const left = new Set<string>();
  for (const session of rows.sessions.filter(isDue)) {
    const own = rows.messages.filter(({ session_id }) => session_id === session.id);
    const open = own.filter(({ state }) => state === 'open').length;
    const referenced = open > 0 ? 0 : own.filter(({ id }) => marked.has(id)).length;
    const stays = open + referenced > 0;
    figures.session[stays ? 'with_unit' : 'records']++;
    figures.message.open += open;
    figures.message.referenced += referenced;
    figures.message[stays ? 'with_unit' : 'records'] += own.length - open - referenced;
    if (!stays) for (const { id } of [session, ...own]) left.add(id);
  }
  const labels = new Set(rows.labels.filter(isDue).map(({ id }) => id));
  const remaining = [...rows.uses, ...rows.events.filter((event) => !isDue(event))];
  const dangling = remaining.filter(({ label_id }) => label_id !== null && labels.has(label_id)).length;
  return { ...figures, orphans: orphans.length, labels: labels.size, dangling, left };
}

/** Sessions of every age with up to five messages, some of them unfinished or bookmarked, messages of nobody, and labels in use. */
function fill(db: DatabaseSync, random: () => number): void {
  const below = (limit: number): number => Math.floor(random() * limit);
  const time = (): string => new Date(TEST_NOW - (1 + below(14)) * 86_400_000 - 1000).toISOString();
  const insert = (table: string, ...values: (string | null)[]): void =>
    void db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
  for (let at = 0; at < 80; at++) {
    insert('session', `s${at}`, time());
    for (let own = 0; own < below(6); own++) {
      insert('message', `s${at} m${own}`, `s${at}`, below(20) === 0 ? 'open' : 'done');
      if (below(20) === 0) insert('bookmark', null, `s${at} m${own}`);
    }
    insert('label', `l${at}`, time());
    insert('event', `e${at}`, time(), below(3) === 0 ? null : `l${below(80)}`);
    if (below(2) === 0) insert('label_use', null, below(9) === 0 ? 'nowhere' : `l${below(80)}`);
  }
  for (const [at, of] of [null, 'gone', 'gone', null, 'lost'].entries())
    insert('message', `o${at}`, of, 'done');
  insert('bookmark', null, null);
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const seed of [1, 2, 3]) {
  test(`rows that stay for others, orphans and dangling references are as counted independently (seed ${seed})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firn-unit-figures-'));
    try {
      writeFileSync(join(folder, 'firn.config.yaml'), CONFIG);
      using db = new DatabaseSync(join(folder, 'a.db'), { enableForeignKeyConstraints: false });
      db.exec(DDL);
      fill(db, randomFrom(seed));
      const before = read(db);
      const expected = count(before);
      assert.ok(Math.min(expected.message.open, expected.message.referenced, expected.dangling) > 0);
      for (const words of [['--dry-run'], []]) {
        const { stdout, stderr } = await firn(['archive', 'all', '--json', ...words], { cwd: folder });
        assert.notEqual(stdout, '', stderr);
        const tables = JSON.parse(stdout).tables as Record<string, never>[];
        const of = (name: string): Record<string, never> => tables.find(({ table }) => table === name)!;
        const figuresOf = (name: string) => {
          const { records, kept } = of(name) as unknown as { records: number; kept: Record<string, number> };
          return { records, open: kept.open, referenced: kept.referenced, with_unit: kept.with_unit };
        };
        assert.deepEqual(figuresOf('session'), { open: 0, referenced: 0, ...expected.session });
        assert.deepEqual(figuresOf('message'), expected.message);
        assert.deepEqual([of('message').orphans, of('session').orphans], [expected.orphans, 0]);
        const { records, dangling, dangling_exact } = of('label');
        assert.deepEqual(
          { records, dangling, dangling_exact },
          { records: expected.labels, dangling: expected.dangling, dangling_exact: true },
        );
      }
      const after = read(db);
      const lost = new Set([...before.sessions, ...before.messages].map(({ id }) => id));
      for (const { id } of [...after.sessions, ...after.messages]) lost.delete(id);
      assert.deepEqual([...lost].sort(), [...expected.left].sort());
      const there = new Set(before.labels.map(({ id }) => id));
      for (const { id } of after.labels) there.delete(id);
      const dangle = [...after.uses, ...after.events].filter(
        ({ label_id }) => label_id !== null && there.has(label_id),
      );
      assert.equal(dangle.length, expected.dangling, 'so many references dangle now');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
