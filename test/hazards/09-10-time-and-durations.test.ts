import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdeas } from '../cli/ideas.ts';
import { firn } from '../cli/world.ts';
import { HostileWorld } from '../support/worlds/hostile-world.ts';

// Every format to the microsecond: test/scenario/hostile/hostile-time.test.ts.
test('hazard 9: times are instants, not texts: none leaves early or late, and what is no time is said', async (t) => {
  const values: Readonly<Record<string, string | bigint>> = {
    // The cutoff is 2026-02-03T12:00:00Z. As text the first three sort on the wrong side of it.
    'due, space': '2026-02-03 11:59:59',
    'due, offset': '2026-02-03T20:00:00+09:00',
    'due, epoch': 1_770_000_000n,
    'young, space': '2026-02-03 12:00:01',
    'young, offset': '2026-02-03T11:00:00-02:00',
    'young, epoch': 1_770_120_001n,
    'none, empty': '',
    'none, word': 'pending',
  };
  const world = new HostileWorld(t, {
    tables: { notes: {} },
    fill: (db) => {
      db.exec('CREATE TABLE notes (id TEXT PRIMARY KEY, ts)');
      for (const [id, ts] of Object.entries(values))
        db.prepare('INSERT INTO notes VALUES (?, ?)').run(id, ts);
    },
  });
  const { total, tables, warnings } = await world.archive();
  assert.deepEqual([total, tables[0]!.undated], [3, 2]);
  assert.match(warnings.join(), /2 rows have a missing or invalid timestamp/);
  using db = world.others();
  const hot = db
    .prepare('SELECT id FROM notes')
    .all()
    .map(({ id }) => String(id));
  assert.deepEqual(
    hot.sort(),
    Object.keys(values)
      .filter((id) => !id.startsWith('due'))
      .sort(),
  );
});

test('hazard 10: --older-than 0d is everything, and what is no duration changes nothing and names itself', async (t) => {
  const ideas = createIdeas(t);
  for (const word of [
    '-5d',
    'abc',
    '',
    '5',
    'd',
    '1_0d',
    '٣d',
    '1e3d',
    '0x1d',
    ' 5d',
    '5d ',
    '5 d',
    '+5d',
    '1.5d',
    '999999y',
  ]) {
    for (const argv of [
      ['archive', 'all'],
      ['cleanup', 'archives'],
    ]) {
      const { status, stderr, stdout } = await firn([...argv, `--older-than=${word}`, ...ideas.paths]);
      assert.equal(status, 2, `${argv[0]} ${word}`);
      assert.equal(stdout, '');
      assert.ok(stderr.includes(JSON.stringify(word)), stderr);
      assert.doesNotMatch(stderr, /\.ts:\d+/);
    }
  }
  assert.equal(ideas.ids('tool_uses').length, 30);
  const { status, stdout } = await firn([
    'archive',
    'tool_uses',
    '--older-than',
    '0d',
    '--json',
    ...ideas.paths,
  ]);
  // All but the pending one, and the one that lies in the future at the world's midnight.
  assert.deepEqual([status, JSON.parse(stdout).total], [0, 28]);
  assert.deepEqual(ideas.ids('tool_uses'), ['t01', 't29']);
});
