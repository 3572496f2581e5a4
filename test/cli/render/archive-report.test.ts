import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderArchiveReport } from '../../../src/cli/moving/archive-report-text.ts';
import { PLAIN } from '../../../src/cli/terminal/style.ts';
import { archiveReportJson } from '../../../src/library/answers/moving/archive-answer.ts';
import type { ArchiveReport, TableReport } from '../../../src/lifecycle/archive/archive-report.ts';

const idle: TableReport = {
  table: 'transcript_entries',
  status: 'no_records',
  records: 0,
  kept: { changed: 0, open: 0, held: 0, leased: 0, lastId: 0, rule: 0, keepLast: 0 },
  undated: 0,
  cutoffDate: '2026-05-25',
  archiveFiles: [],
  bytes: 0,
  rawBytes: 0,
  durationMs: 0,
};

const report: ArchiveReport = {
  command: 'archive',
  dryRun: false,
  asOf: '2026-06-01T00:00:00.000Z',
  total: 1_234_567,
  tables: [
    {
      ...idle,
      table: 'tool_uses',
      status: 'archived',
      records: 1_234_567,
      kept: { changed: 2, open: 12, held: 1000, leased: 0, lastId: 0, rule: 0, keepLast: 0 },
      undated: 1,
      archiveFiles: ['warm/2026-05-01/tool_uses.jsonl.gz'],
      bytes: 100_000_000,
      rawBytes: 520_000_000,
      durationMs: 34_500,
    },
    { ...idle, message: 'no row is as old as 7d' },
    {
      ...idle,
      table: 'skill_traces',
      status: 'missing_table',
      message: 'the database does not have this table',
    },
    { ...idle, table: 'message_bus_log', status: 'error', message: 'disk full. Make room.' },
  ],
  warnings: ['tool_uses: 1 row has a missing or invalid timestamp and will not be archived'],
  reconciled: [],
};

test('the text of a run has the words of the contract and fits 80 columns', () => {
  const text = renderArchiveReport(report, PLAIN);
  assert.match(text, /^Archive Results:/m);
  assert.match(text, /^Total: 1234567 records in 1 file, 100 MB \(520 MB raw\), 34\.5 s, 35,785 rows\/s$/m);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

test('what is not plain success is said in words', () => {
  const text = renderArchiveReport(report, PLAIN);
  assert.match(text, /tool_uses: kept 12 unfinished, 1,000 held, 2 changed during the run/);
  assert.match(text, /tool_uses: 1 row with a missing or invalid timestamp/);
  assert.match(text, /skill_traces: the database does not have this table/);
  assert.match(text, /message_bus_log: disk full\. Make room\./);
  assert.doesNotMatch(text, /no row is as old/);
});

test('a long table name is cut, the numbers are not', () => {
  const table = `a_${'very_'.repeat(20)}long_name`;
  const text = renderArchiveReport({ ...report, tables: [{ ...report.tables[0]!, table }] }, PLAIN, 80);
  const row = text.split('\n').find((line) => line.startsWith('  a_very')) ?? '';
  assert.ok(
    row.length <= 80 && row.includes('…') && row.includes('1,234,567') && row.includes('34.5 s'),
    row,
  );
});

test('the JSON of a run has exactly the keys of the contract', () => {
  const json = JSON.parse(JSON.stringify(archiveReportJson(report)));
  assert.deepEqual(Object.keys(json).slice(0, 6), [
    'command',
    'dry_run',
    'as_of',
    'total',
    'tables',
    'warnings',
  ]);
  assert.deepEqual(json.tables[0], {
    table: 'tool_uses',
    status: 'archived',
    records: 1_234_567,
    kept: { changed: 2, open: 12, held: 1000, leased: 0, last_id: 0, rule: 0, keep_last: 0 },
    early: 0,
    undated: 1,
    sentinel: 0,
    future: 0,
    time_hint: null,
    cutoff_date: '2026-05-25',
    archive_files: ['warm/2026-05-01/tool_uses.jsonl.gz'],
    bytes: 100_000_000,
    raw_bytes: 520_000_000,
    duration_ms: 34_500,
  });
  assert.equal(json.tables[2].message, 'the database does not have this table');
});
