import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, type TestContext, test } from 'node:test';
import { type Sizes, setSizes, sizes } from '../../../src/model/sizes.ts';
import { firn, type Outcome } from '../world.ts';

const ROWS = 60;
const SEGMENT = join('warm', '2026-03-01', 't.jsonl.gz');

let inForce: Sizes;
beforeEach(() => {
  inForce = { ...sizes };
  setSizes({ blockBytes: 600 });
});
afterEach(() => setSizes(inForce));

/** A segment of many blocks of the 1st of March, and one of the 2nd. */
async function archived(
  t: TestContext,
): Promise<{ folder: string; file: string; run: (...argv: string[]) => Promise<Outcome> }> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-damaged-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [database, archives, config] = [join(folder, 'x.db'), join(folder, 'a'), join(folder, 'firn.yaml')];
  using db = new DatabaseSync(database);
  db.exec('CREATE TABLE t (id TEXT PRIMARY KEY, at TEXT, n INTEGER)');
  for (let n = 0; n < ROWS; n++)
    db.prepare('INSERT INTO t VALUES (?, ?, ?)').run(
      `k${n}`,
      `2026-03-0${n < 50 ? 1 : 2}T10:00:00Z`,
      BigInt(n),
    );
  writeFileSync(
    config,
    'preset: none\ntables:\n  t: {hot: 7d, warm: 900d, cold: 900d, time_column: at, lookup_keys: [id]}\n',
  );
  const run = (...argv: string[]): Promise<Outcome> =>
    firn([...argv, '--db-path', database, '--archive-path', archives, '--config', config]);
  assert.equal((await run('archive', 'all')).status, 0);
  return { folder, file: join(archives, SEGMENT), run };
}

/** Where gzip members begin, by the two letters of their extra field; `data` is the first. */
function flip(file: string, part: 'filter' | 'footer' | 'tail' | 'block'): void {
  const bytes = readFileSync(file);
  const at = {
    filter: () => bytes.indexOf('FB') + 10,
    footer: () => bytes.indexOf('FF', bytes.indexOf('FB')) + 10,
    tail: () => bytes.length - 20,
    block: () => 40,
  }[part]();
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

/** The numbers of the rows that each reader gives, and its outcome. */
const READERS: Readonly<
  Record<
    string,
    (
      run: (...argv: string[]) => Promise<Outcome>,
      folder: string,
      where: readonly string[],
    ) => Promise<{ outcome: Outcome; rows: number }>
  >
> = {
  search: async (run, _, where) => {
    const outcome = await run('search', '--count', ...where);
    return { outcome, rows: Number(outcome.stdout) };
  },
  export: async (run, _, where) => {
    const outcome = await run('export', 't', ...where);
    return { outcome, rows: outcome.stdout.split('\n').length - 1 };
  },
  sql: async (run, _, where) => {
    const condition = where.length === 0 ? '' : `WHERE id = '${where[1]!.slice('id='.length)}'`;
    const outcome = await run('sql', `SELECT n FROM t ${condition}`, '--format', 'jsonl');
    return { outcome, rows: outcome.stdout.split('\n').length - 1 };
  },
  restore: async (run, folder, where) => {
    const outcome = await run(
      'restore',
      't',
      '--into',
      join(folder, `r${where.length}.db`),
      '--json',
      ...where,
    );
    return { outcome, rows: JSON.parse(outcome.stdout).total };
  },
  erase: async (run, _, where) => {
    const all = where.length === 0 ? ['--where', 'n>=0'] : where;
    const outcome = await run('erase', '--table', 't', ...all, '--dry-run', '--json');
    return { outcome, rows: JSON.parse(outcome.stdout).total };
  },
};

test('a damaged filter hides no row from any reader, and is reported by all that look at it', async (t) => {
  const { folder, file, run } = await archived(t);
  flip(file, 'filter');
  for (const [name, read] of Object.entries(READERS)) {
    const one = await read(run, folder, ['--where', 'id=k7']);
    assert.deepEqual([one.rows, one.outcome.status], [1, 5], name);
    assert.match(one.outcome.stderr, /filter/, name);
    assert.equal((await read(run, folder, [])).rows, ROWS, name);
  }
  const explained = await run('explain', 't', 'k7', '--json');
  assert.deepEqual([explained.status, JSON.parse(explained.stdout).places.length], [5, 1]);
  const hot = await run('restore', 't', '--where', 'id=k7', '--into', 'hot', '--json');
  assert.deepEqual([hot.status, JSON.parse(hot.stdout).total], [5, 1]);
  const held = await run('hold', 'add', '--table', 't', '--where', 'id=k7', '--reason', 'x');
  assert.equal(held.status, 0);
  const refused = await run('erase', '--table', 't', '--where', 'id=k7', '--yes');
  assert.match(refused.stderr, /hold 1 matches/);
  assert.equal((await run('hold', 'remove', '1')).status, 0);
  const erased = await run('erase', '--table', 't', '--where', 'id=k7', '--yes', '--json');
  assert.equal(JSON.parse(erased.stdout).warm, 1);
  assert.equal(Number((await run('search', '--count')).stdout), ROWS - 1);
});

for (const [part, left] of [
  ['block', null],
  ['footer', 10],
  ['tail', 10],
] as const) {
  test(`with a damaged ${part} every reader gives the rest, says the same, and ends in status 5`, async (t) => {
    const { folder, file, run } = await archived(t);
    flip(file, part);
    const rows = new Map<string, number>();
    const said = new Map<string, string>();
    for (const [name, read] of Object.entries(READERS)) {
      const all = await read(run, folder, []);
      assert.equal(all.outcome.status, 5, name);
      rows.set(name, all.rows);
      said.set(name, /t\.jsonl\.gz: ([^;\n]+)/.exec(all.outcome.stderr)?.[1] ?? all.outcome.stderr);
    }
    const expected = left ?? rows.get('search')!;
    if (part === 'block') assert.ok(expected < ROWS && expected > 10, `${expected}`);
    assert.deepEqual(new Set(rows.values()), new Set([expected]), JSON.stringify([...rows]));
    assert.equal(new Set(said.values()).size, 1, JSON.stringify([...said]));
  });
}
