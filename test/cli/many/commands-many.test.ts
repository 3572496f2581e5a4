import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { allCommands } from '../../../src/cli/command-list.ts';
import { createMany, LATER, type Many } from './many-world.ts';

function two(t: Parameters<typeof createMany>[0]): Many {
  const many = createMany(t, ['agents/*/ideas.db']);
  many.add('agents/alice/ideas.db', [1, 40]);
  many.add('agents/bob/ideas.db', [1, 40]);
  return many;
}

test('commands that know several databases answer for each, in one document', async (t) => {
  const many = two(t);
  const commands = [
    ['archive', 'all', '--dry-run'],
    ['archive', 'all'],
    ['cleanup', 'archives'],
    ['verify'],
    ['doctor'],
    ['plan'],
    ['status'],
    ['retention', 'status'],
    ['retention', 'stats'],
  ];
  for (const words of commands) {
    const { stdout, stderr, status } = await many.firn([...words, '--json']);
    const report = JSON.parse(stdout);
    assert.equal(report.databases.length, 2, stderr);
    assert.equal(report.exit_status, status);
    for (const { result } of report.databases) assert.equal(typeof result, 'object', words.join(' '));
  }
  const text = await many.firn(['retention', 'status']);
  assert.match(
    text.stdout,
    /== alice\/ideas\.db[\s\S]*HOT STORAGE[\s\S]*== bob\/ideas\.db[\s\S]*2 databases: 2 done/,
  );
  assert.equal((await many.firn(['pause', '--reason', 'x'])).status, 0);
  assert.equal((await many.job()).exit, 3);
  assert.equal((await many.firn(['resume'])).status, 0);
});

test('metrics of several databases have the label database, and say which could not be read', async (t) => {
  const many = two(t);
  writeFileSync(many.add('agents/carol/ideas.db'), 'no database at all'.repeat(100));
  const { stdout, status } = await many.firn(['metrics']);
  assert.equal(status, 1);
  const up = stdout.split('\n').filter((line) => line.startsWith('firn_up{'));
  assert.deepEqual(
    up.map((line) => line.replace(many.folder, '')),
    [
      'firn_up{database="/agents/alice/ideas.db"} 1',
      'firn_up{database="/agents/bob/ideas.db"} 1',
      'firn_up{database="/agents/carol/ideas.db"} 0',
    ],
  );
  assert.match(stdout, /firn_table_rows\{database="[^"]+alice[^"]+",table="events"\} 2/);
  assert.equal(stdout.split('# TYPE firn_up ').length, 2);
});

test('--database chooses one by its path or a part of it, also for commands that work on one only', async (t) => {
  const many = two(t);
  for (const name of [
    'alice',
    'alice/ideas.db',
    many.path('agents/alice/ideas.db'),
    'agents/alice/ideas.db',
  ]) {
    const { stdout, stderr } = await many.firn(['search', '--database', name, '--json']);
    assert.match(stdout, /d40/, stderr);
  }
  const archived = await many.firn(['archive', 'all', '--json', '--database', 'bob']);
  assert.equal(JSON.parse(archived.stdout).total, 1, archived.stderr);
  const path = many.path('agents/bob/ideas.db');
  const found = await many.firn(['search', '--db-path', path, '--json']);
  assert.match(found.stdout, /"warm"/, 'the archives of a database that --db-path names are found too');
  const report = await many.job();
  assert.equal(report.total_archived, 1, 'bob has its archives already');

  const ambiguous = await many.firn(['search', '--database', 'ideas']);
  assert.equal(ambiguous.status, 2);
  assert.match(ambiguous.stderr, /2 databases are named ideas[\s\S]*alice/);
  assert.equal((await many.firn(['search', '--database', 'dave'])).status, 2);
  const single = await many.firn(['search', '--database', 'x', '--config', writeSingle(many)]);
  assert.match(single.stderr, /the configuration has one/);
});

function writeSingle(many: Many): string {
  writeFileSync(many.path('single.yaml'), 'preset: none\ndatabase: agents/bob/ideas.db\n');
  return many.path('single.yaml');
}

test('a command that works on one database says so with exit code 2, and what to pass', async (t) => {
  const many = two(t);
  const needed: Record<string, string[]> = {
    'hold add': ['--table', 'events', '--where', 'id=1', '--reason', 'x'],
    'hold remove': ['1'],
    timeline: ['id=1'],
    explain: ['events', 'x'],
    restore: ['warm/2026-01-01/events.jsonl.gz', '--into', 'x.db'],
    sql: ['SELECT 1'],
    export: ['events', '--output', 'x.csv'],
    erase: ['--table', 'events', '--where', 'id=1', '--yes'],
    schedule: ['cron'],
  };
  const several: string[] = [];
  for (const entry of allCommands()) {
    if (['demo', 'init', 'completion', 'web', 'run'].includes(entry.name)) continue;
    const { command } = await entry.load();
    if (command.many !== undefined) several.push(entry.name);
    else {
      const { status, stderr, stdout } = await many.firn([
        ...entry.name.split(' '),
        ...(needed[entry.name] ?? []),
      ]);
      assert.deepEqual([entry.name, status, stdout], [entry.name, 2, ''], stderr);
      assert.match(stderr, /works on one database[\s\S]*--database NAME/, entry.name);
    }
  }
  assert.ok(several.includes('job') && several.includes('metrics'), several.join(', '));
  const adopt = await many.firn(['archive', 'all', '--adopt']);
  assert.equal(adopt.status, 2);
  assert.match(adopt.stderr, /--db-path PATH --archive-path FOLDER/);
});

test('policies of another file are compared for all databases', async (t) => {
  const many = two(t);
  const text = readFileSync(many.path('firn.config.yaml'), 'utf8').replace('hot: 7d', 'hot: 60d');
  writeFileSync(many.path('other.yaml'), text);
  const { status, stdout, stderr } = await many.firn(['plan', '--against', 'other.yaml', '--json']);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).databases.length, 2);
});

test('doctor reports a configuration that is wrong as a finding', async (t) => {
  const many = two(t);
  writeFileSync(many.path('firn.config.yaml'), 'databases: 5\n');
  const { status, stdout } = await many.firn(['doctor', '--json']);
  assert.equal(status, 1);
  assert.match(stdout, /databases.*must be a list, found 5/);
});

test('the report of a job on a terminal is a table that fits 80 columns', async (t) => {
  const many = two(t);
  writeFileSync(many.add(`agents/${'long'.repeat(30)}/ideas.db`), 'no database at all'.repeat(100));
  const { stdout, status } = await many.firn(['job'], { isTTY: true, env: { NO_COLOR: '1' }, now: LATER });
  assert.equal(status, 1);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  assert.match(stdout, /alice\/ideas\.db +done +0 +1 row/);
  assert.match(stdout, /3 databases: 2 done, 1 failed/);
});
