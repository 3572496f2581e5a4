import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FirnError } from '../model/errors.ts';
import { asInstant, DAY_MICROS, HOUR_MICROS, type Instant } from '../model/instant.ts';
import { Agents, type Insert } from './agents.ts';
import { OBSERVABILITY_INDEXES, OBSERVABILITY_TABLES, OBSERVABILITY_TRIGGERS } from './observability-ddl.ts';
import { type Random, seededRandom } from './random.ts';
import { ROW_MAKERS, type Scene } from './rows.ts';
import { makeTexts, type Texts } from './texts.ts';

export interface DemoOptions {
  /** Rows of the six managed tables together; parents come on top. */
  readonly rows: number;
  /** The rows' times lie within this many days before `now`. */
  readonly days: number;
  readonly now: Instant;
  /** The same seed, rows, days and now give the same database. */
  readonly seed: number;
  readonly journalMode?: 'wal' | 'delete';
}

/** Rows by table, parents included. */
export type DemoSummary = ReadonlyMap<string, number>;

/**
 * Makes a database of the observability schema, as agents and a server would have filled it: every time format, ids and
 * pseudo ids, rows still open, references to rows that do not exist.
 * @throws FirnError `refused` when the file is there already.
 */
export function createDemoDatabase(path: string, options: DemoOptions): DemoSummary {
  return build(path, options, (insert, random, texts) => {
    const agents = new Agents(10, random, texts, insert);
    const makers = ROW_MAKERS.flatMap((maker) => Array<(typeof ROW_MAKERS)[number]>(maker.share).fill(maker));
    for (const at of instants(options, random)) {
      const agent = agents.next(at);
      const { table, make } = random.pick(makers);
      const scene: Scene = {
        random,
        texts,
        agent,
        at,
        openSince: asInstant(options.now - HOUR_MICROS),
        insert,
      };
      insert(table, make(scene));
    }
  });
}

/** What fills a database: everything it inserts is one transaction. */
export type Fill = (insert: Insert, random: Random, texts: Texts) => void;

/** Tables first, then rows, then indexes: sorting keys once is faster than placing each. */
export function build(path: string, { seed, journalMode = 'wal' }: DemoOptions, fill: Fill): DemoSummary {
  if (existsSync(path)) {
    throw new FirnError('refused', 'the file exists already', {
      operation: 'create the demonstration database',
      path,
      hint: 'Pass a file that does not exist yet.',
    });
  }
  using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  for (const statement of OBSERVABILITY_TABLES) db.exec(statement);

  const statements = new Map<string, StatementSync>();
  const counts = new Map<string, number>();
  const insert: Insert = (table, values) => {
    let statement = statements.get(table);
    if (statement === undefined) {
      statement = db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`);
      statements.set(table, statement);
    }
    statement.run(...values);
    counts.set(table, (counts.get(table) ?? 0) + 1);
  };
  const random = seededRandom(seed);
  db.exec('BEGIN');
  fill(insert, random, makeTexts(random));
  db.exec('COMMIT');
  for (const statement of [...OBSERVABILITY_INDEXES, ...OBSERVABILITY_TRIGGERS]) db.exec(statement);
  db.exec(`PRAGMA journal_mode = ${journalMode}`);
  return counts;
}

/** Ascending instants of the rows: weekends are quieter, and no two rows are exactly as far apart. */
export function* instants({ rows, days, now }: DemoOptions, random: Random): Generator<Instant> {
  const weights = Array.from({ length: days }, (_, at) => {
    const weekday = new Date((now - (days - at) * DAY_MICROS) / 1000).getUTCDay();
    return (weekday === 0 || weekday === 6 ? 0.4 : 1) * (0.8 + random.below(400) / 1000);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let done = 0;
  let weight = 0;
  for (const [at, share] of weights.entries()) {
    weight += share;
    const until = at === days - 1 ? rows : Math.round((rows * weight) / total);
    const count = until - done;
    const start = now - (days - at) * DAY_MICROS;
    for (let n = 0; n < count; n++) {
      yield asInstant(start + Math.floor(((n + random.below(1000) / 1000) * DAY_MICROS) / count));
    }
    done = until;
  }
}
