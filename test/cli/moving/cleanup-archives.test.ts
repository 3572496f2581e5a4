import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome } from '../world.ts';

const JULY = Date.parse('2026-07-01T00:00:00Z');
const LATER = Date.parse('2028-01-01T00:00:00Z');

async function archivedIdeas(t: TestContext): Promise<Ideas> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return ideas;
}

function cleanup(
  ideas: Ideas,
  argv: readonly string[],
  world: Parameters<typeof firn>[1] = {},
): Promise<Outcome> {
  return firn(['cleanup', 'archives', ...argv, ...ideas.paths], { now: JULY, ...world });
}

function files({ archives }: Ideas): string[] {
  return readdirSync(archives, { recursive: true, encoding: 'utf8' }).sort();
}

test('warm files past their time move into the bundle, in the shape of the contract', async (t) => {
  const ideas = await archivedIdeas(t);
  const before = files(ideas);
  const { status, stdout } = await cleanup(ideas, ['--json']);
  assert.equal(status, 0);
  const report = JSON.parse(stdout);
  assert.deepEqual(
    [report.command, report.dry_run, report.as_of, report.warnings],
    ['cleanup', false, '2026-07-01T00:00:00Z', []],
  );
  const { consolidation, purge } = report;
  // 2026-05-03 … 05-24 without the pending row; 37 days are over for 2026-05-24 and before.
  assert.deepEqual(
    [consolidation.status, consolidation.consolidated, consolidation.cold_files, consolidation.removed_warm],
    ['success', 21, 1, 21],
  );
  assert.deepEqual(
    [purge.status, purge.purged_files, purge.purged_segments, purge.purged_records, purge.purged_bytes],
    ['no_archives', 0, 0, 0, 0],
  );
  assert.ok(existsSync(join(ideas.archives, 'cold/2026/2026-05.tar.gz')));
  assert.ok(!files(ideas).some((path) => /warm\/.*gz$/.test(path)));
  assert.notDeepEqual(files(ideas), before);
});

test('a dry run says what would move and why, and touches nothing', async (t) => {
  const ideas = await archivedIdeas(t);
  const before = files(ideas);
  const database = readFileSync(ideas.database);
  const text = await cleanup(ideas, ['--dry-run']);
  assert.equal(text.status, 0);
  assert.match(text.stdout, /DRY RUN/);
  assert.match(text.stdout, /Cleanup Results:/);
  assert.match(text.stdout, /cold\/2026\/2026-05\.tar\.gz/);
  const json = JSON.parse((await cleanup(ideas, ['--dry-run', '--json'])).stdout);
  assert.equal(json.dry_run, true);
  assert.equal(json.consolidation.consolidated, 21);
  assert.equal(json.steps.length, 21);
  assert.match(json.steps[0].reason, /over 37d/);
  assert.deepEqual(files(ideas), before);
  assert.deepEqual(readFileSync(ideas.database), database);
});

test('--older-than 0d moves everything and purges nothing', async (t) => {
  const ideas = await archivedIdeas(t);
  const { status, stdout, stderr } = await cleanup(ideas, ['--older-than', '0d'], {
    now: Date.UTC(2026, 5, 1),
  });
  assert.equal(status, 0);
  assert.match(stdout, /Cleanup Results:/);
  assert.match(stdout, /21 segments/);
  assert.match(stderr, /--older-than 0d is shorter than its hot and warm time of 37d/);
});

test('more than half of all rows goes only with --yes, or when a person says so', async (t) => {
  const ideas = await archivedIdeas(t);
  const before = files(ideas);
  const refused = await cleanup(ideas, [], { now: LATER });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /21 of 21 archived rows would be purged, more than half/);
  assert.match(refused.stderr, /--yes/);
  const declined = await cleanup(ideas, [], { now: LATER, isTTY: true, typed: ['n'] });
  assert.equal(declined.status, 1);
  assert.deepEqual(files(ideas), before);
  const dry = await cleanup(ideas, ['--dry-run', '--json'], { now: LATER });
  assert.match(JSON.parse(dry.stdout).warnings[0], /Pass --yes/);
  const agreed = await cleanup(ideas, ['--json'], { now: LATER, isTTY: true, typed: ['yes'] });
  const { purge } = JSON.parse(agreed.stdout);
  assert.deepEqual([purge.status, purge.purged_files, purge.purged_records], ['success', 21, 21]);
  assert.equal((await firn(['verify', ...ideas.paths], { now: LATER })).status, 0);
});

test('--yes does not ask', async (t) => {
  const ideas = await archivedIdeas(t);
  assert.equal((await cleanup(ideas, ['--yes'], { now: LATER })).status, 0);
  assert.ok(!files(ideas).some((path) => path.endsWith('.gz')));
});

test('one half only, never both flags at once', async (t) => {
  const ideas = await archivedIdeas(t);
  const only = JSON.parse((await cleanup(ideas, ['--consolidate-only', '--json'])).stdout);
  assert.deepEqual([only.consolidation.status, only.purge.status], ['success', 'skipped']);
  const other = JSON.parse((await cleanup(ideas, ['--purge-only', '--json'])).stdout);
  assert.deepEqual([other.consolidation.status, other.purge.status], ['skipped', 'no_archives']);
  assert.equal((await cleanup(ideas, ['--consolidate-only', '--purge-only'])).status, 2);
  for (const wrong of ['-5d', 'abc', '', '1_0d', '٣d', '7']) {
    assert.equal((await cleanup(ideas, [`--older-than=${wrong}`])).status, 2, wrong);
  }
});

test('nothing archived is nothing to do, and creates nothing', async (t) => {
  const ideas = createIdeas(t);
  const { status, stdout } = await cleanup(ideas, ['--dry-run', '--json']);
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).consolidation.status, 'no_archives');
  assert.ok(!existsSync(ideas.archives));
});

test('a damaged file is an integrity alarm, and the others move', async (t) => {
  const ideas = await archivedIdeas(t);
  const path = join(ideas.archives, 'warm/2026-05-10/tool_uses.jsonl.gz');
  const bytes = readFileSync(path);
  bytes[40]! ^= 1;
  writeFileSync(path, bytes);
  const { status, stdout, stderr } = await cleanup(ideas, ['--json']);
  assert.equal(status, 5);
  const { consolidation, problems } = JSON.parse(stdout);
  assert.deepEqual([consolidation.status, consolidation.consolidated], ['partial', 20]);
  assert.equal(problems.length, 1);
  assert.match(stderr, /2026-05-10/);
  assert.ok(existsSync(path));
});
