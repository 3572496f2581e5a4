import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import type { DatabaseFile } from '../../../src/hot/hot-stats.ts';
import { judgeDatabase } from '../../../src/operate/doctor/check-database.ts';
import { judgeDisks } from '../../../src/operate/doctor/check-disk.ts';
import { judgePermissions } from '../../../src/operate/doctor/check-permissions.ts';
import { isAtLeast, isInRange, judgeEngine } from '../../../src/operate/doctor/check-program.ts';
import { judgeLock, judgeSchedule, type Running } from '../../../src/operate/doctor/check-schedule.ts';
import type { Finding } from '../../../src/operate/doctor/findings/finding.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const FILE: DatabaseFile = {
  ...{ path: 'a.db', bytes: 2e9, walBytes: 4e6, pageBytes: 4096, pages: 500_000, freePages: 100 },
  ...{ journalMode: 'wal', autoVacuum: 'none' },
};

function of(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, subject }) => `${severity} ${subject}`);
}

test('versions are compared by number', () => {
  assert.ok(isAtLeast('24.16.0', '24.16') && isAtLeast('24.20.1', '24.16') && isAtLeast('100.0', '24.16'));
  assert.ok(!isAtLeast('24.9.9', '24.16') && !isAtLeast('3.9.2', '3.44.6'));
});

test('a version is in a range of alternatives', () => {
  const within = (version: string): boolean => isInRange(version, '>=24.19 <25 || >=26.4');
  for (const version of ['24.19.0', '24.21.0', '26.4.0', '27.0.1']) assert.ok(within(version), version);
  for (const version of ['22.23.3', '24.18.1', '25.9.0', '26.3.1']) assert.ok(!within(version), version);
});

test('a writer whose SQLite can damage a log is worth a note, in WAL mode only, and not where the fix was backported', () => {
  const judged = (writer: string | null, mode = 'wal'): number =>
    judgeEngine({ name: 'SQLite', version: '3.53.4', writer }, mode).length;
  for (const writer of ['3.7.0', '3.44.5', '3.50.6', '3.51.2', '3.45.9'])
    assert.equal(judged(writer), 1, writer);
  for (const writer of ['3.6.9', '3.44.6', '3.50.7', '3.51.3', '3.53.4', null])
    assert.equal(judged(writer), 0, writer ?? 'unknown');
  assert.equal(judged('3.51.2', 'delete'), 0);
});

test('a log larger than its database, full auto_vacuum and small pages of a large file are found', () => {
  assert.deepEqual(of(judgeDatabase(FILE)), ['ok null']);
  assert.deepEqual(of(judgeDatabase({ ...FILE, walBytes: 3e9 })), ['warning write-ahead log']);
  assert.deepEqual(
    of(judgeDatabase({ ...FILE, bytes: 1e6, walBytes: 200e6 })),
    ['ok null'],
    'a large import',
  );
  assert.deepEqual(of(judgeDatabase({ ...FILE, autoVacuum: 'full' })), ['note auto_vacuum']);
  assert.deepEqual(of(judgeDatabase({ ...FILE, pageBytes: 1024 })), ['note page size']);
  assert.deepEqual(of(judgeDatabase({ ...FILE, pageBytes: 1024, bytes: 9e6 })), ['ok null']);
  const [free] = judgeDatabase({ ...FILE, freePages: 200_000, autoVacuum: 'incremental' });
  assert.deepEqual([free!.message.slice(0, 4), free!.command], ['40 %', ['reclaim']]);
});

test('a disk with less room than the next run may need is a warning that says both', () => {
  const disk = { holds: ['database', 'archives'], path: '/data', free: 100e6, needed: 500e6 };
  const [found] = judgeDisks([disk]);
  assert.deepEqual([found!.severity, found!.subject], ['warning', '/data']);
  assert.match(found!.message, /^100 MB free on the disk of database and archives\. .* 500 MB$/);
  assert.equal(judgeDisks([{ ...disk, free: 500e6 }])[0]!.severity, 'ok');
});

test('what this user cannot read or write is a problem, but the configuration need not be written', () => {
  const place = { path: '/x', readable: true, writable: true, mode: 0o600 };
  const judged = (what: 'database' | 'configuration', change: Partial<typeof place>): string[] =>
    of(judgePermissions([{ what, ...place, ...change }]));
  assert.deepEqual(judged('database', { readable: false }), ['problem database']);
  assert.deepEqual(judged('database', { writable: false }), ['problem database']);
  assert.deepEqual(judged('configuration', { writable: false, mode: 0o444 }), ['ok null']);
  assert.deepEqual(judged('database', { mode: 0o606 }), ['warning database']);
});

test('a lock is worth a note, and a warning after a day', () => {
  const held = (since: string): Finding =>
    judgeLock({ ...IDLE, lock: { pid: 7, host: hostname(), command: 'archive all', since } }, NOW)[0]!;
  assert.equal(held('2026-05-31T23:00:00Z').severity, 'note');
  const long = held('2026-05-30T00:00:00Z');
  assert.deepEqual([long.severity, /kill -TERM 7/.test(long.remedy!)], ['warning', true]);
});

const IDLE: Running = {
  ...{ jobs: [], pause: null, backlogs: [], lock: null, scheduler: null },
  starters: { cron: false, systemd: false },
};

test('a firn run that systemd started is one starter, with crontab entries it is two', () => {
  const scheduler = { pid: 7, host: 'a', command: 'run', since: '2026-05-30T00:00:00Z' };
  const judged = (starters: Running['starters']): string[] =>
    of(judgeSchedule({ ...IDLE, scheduler, starters }, NOW));
  assert.deepEqual(judged({ cron: false, systemd: true }), ['ok null']);
  assert.deepEqual(judged({ cron: true, systemd: false }), ['warning installation']);
});

test('a backlog that does not shrink and a failed job are warnings', () => {
  const backlogs = [{ job: 'daily', rows: 5, endsAt: null } as const];
  assert.deepEqual(of(judgeSchedule({ ...IDLE, backlogs }, NOW)), ['warning daily']);
  const run = {
    id: 1,
    command: 'job',
    jobs: ['daily'],
    reason: '',
    startedAt: '2026-05-31T02:00:00.000Z',
    end: null,
  };
  const state = {
    job: 'daily',
    running: false,
    lastRun: run,
    lastSuccess: null,
    nextStart: null,
    reason: '',
    overdueSince: null,
  };
  const [died] = judgeSchedule({ ...IDLE, jobs: [state as unknown as Running['jobs'][number]] }, NOW);
  assert.deepEqual([died!.severity, died!.message], ['warning', 'the last daily job died']);
});
