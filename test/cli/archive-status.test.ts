import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../../src/cli/frame/exit-status.ts';
import { archiveStatus } from '../../src/cli/moving/archive-status.ts';
import type { ArchiveReport, TableStatus } from '../../src/lifecycle/archive/archive-report.ts';

function reportOf(statuses: readonly TableStatus[], alarm = false): ArchiveReport {
  return {
    command: 'archive',
    dryRun: false,
    asOf: '2026-06-01T00:00:00.000Z',
    total: 0,
    tables: statuses.map((status, at) => ({
      table: `t${at}`,
      status,
      records: 0,
      kept: { changed: 0, open: 0, held: 0, leased: 0, lastId: 0, rule: 0, keepLast: 0 },
      undated: 0,
      cutoffDate: null,
      archiveFiles: [],
      bytes: 0,
      rawBytes: 0,
      durationMs: 0,
    })),
    warnings: [],
    reconciled: alarm
      ? [{ action: 'alarm', kind: 'missing', subject: 's', reason: 'its file is missing', records: 0 }]
      : [],
  };
}

test('done, nothing to do, exempt and a missing table among others are success', () => {
  for (const statuses of [
    ['archived'],
    ['no_records'],
    ['exempt'],
    ['dry_run', 'no_records'],
    ['archived', 'missing_table'],
    ['no_records', 'missing_table'],
  ] as const) {
    assert.equal(archiveStatus(reportOf(statuses)), EXIT.done, statuses.join());
  }
});

test('some table failed, was cut short or was not allowed to run: partly done', () => {
  for (const statuses of [
    ['archived', 'error'],
    ['partial'],
    ['archived', 'partial'],
    ['paused', 'paused'],
  ] as const) {
    assert.equal(archiveStatus(reportOf(statuses)), EXIT.partly, statuses.join());
  }
});

test('nothing worked at all: failed', () => {
  for (const statuses of [
    ['error'],
    ['error', 'missing_table'],
    ['missing_table', 'missing_table'],
  ] as const) {
    assert.equal(archiveStatus(reportOf(statuses)), EXIT.failed, statuses.join());
  }
});

test('an alarm outweighs everything', () => {
  assert.equal(archiveStatus(reportOf(['archived'], true)), EXIT.integrity);
});
