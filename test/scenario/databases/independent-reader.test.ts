import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { firn } from '../../cli/world.ts';
import { type RowsByTable, readWithPython, readWithZlib } from '../../support/independent/archive-rows.ts';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { assertWhole as assertRowsWhole } from '../../support/independent/same-rows.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;
const TABLES = [
  'transcript_entries',
  'tool_uses',
  'skill_traces',
  'assertion_results',
  'assertion_chains',
  'message_bus_log',
  'task_list_execution_runs',
  'tasks',
  'events',
];

/** Enough for hundreds of segments, in bundles of many members. */
const ROWS = process.env.FIRN_THOROUGH === '1' ? 100_000 : 30_000;

test('of many rows hot and archives together are the original ones, cell for cell, to readers of other makes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-independent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'ideas.db');
  const archives = join(folder, 'archives');
  createDemoDatabase(database, { rows: ROWS, days: 60, now: instantOfMs(NOW), seed: 20 });
  const original = new Map(TABLES.map((table) => [table, rowsOfTable(database, table)]));
  const paths = ['--db-path', database, '--archive-path', archives];

  const assertWhole = (archived: RowsByTable): void => assertRowsWhole(original, database, archived);

  const first = await firn(['archive', 'all', '--json', ...paths], { now: NOW });
  assert.equal(first.status, 0, first.stderr);
  const { total } = JSON.parse(first.stdout);
  assert.ok(total > 0.6 * ROWS, `${total} rows left`);
  const python = readWithPython(archives);
  if (python === null) t.diagnostic('no python3: read with zlib and JSON.parse alone');
  else assertWhole(python);
  assertWhole(readWithZlib(archives));

  // Some months on: the rest leaves, and what left is in bundles.
  const later = NOW + 50 * DAY;
  assert.equal((await firn(['archive', 'all', ...paths], { now: later })).status, 0);
  const cleanup = await firn(['cleanup', 'archives', '--consolidate-only', '--json', ...paths], {
    now: later,
  });
  assert.equal(cleanup.status, 0, cleanup.stderr);
  assert.ok(JSON.parse(cleanup.stdout).consolidation.consolidated > 100);
  assertWhole(readWithPython(archives) ?? readWithZlib(archives));
  t.diagnostic(
    `${total} rows left at first; ${JSON.parse(cleanup.stdout).consolidation.consolidated} segments bundled then`,
  );
});
