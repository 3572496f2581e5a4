import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rowsByPart } from './archive-rows.ts';
import { segmentText } from './segment-text.ts';

/**
 * Asserts that every file of the warm tier has one receipt that says what the file holds, and no receipt says more: read with
 * node:sqlite and zlib alone. The rows' times stand in `ts`, as ISO text or in milliseconds.
 */
export function assertReceiptsFit(database: string, archives: string): void {
  using db = new DatabaseSync(database, { readOnly: true });
  const receipts = db
    .prepare(
      `SELECT segment, "table", day, rows, bytes, raw_bytes, min_time, max_time, archived_at, position
      FROM _firn_receipts WHERE state = 'archived' AND tier = 'warm' ORDER BY segment`,
    )
    .all()
    .map((receipt) => ({ ...receipt }));
  const files = [...rowsByPart(archives).keys()].sort();
  assert.deepEqual(
    receipts,
    files.map((file) => receiptOf(file, readFileSync(join(archives, 'warm', file)))),
  );
  const strays = db
    .prepare("SELECT segment FROM _firn_receipts WHERE state IN ('sealing', 'draining')")
    .all();
  assert.deepEqual(strays, [], 'nothing is unfinished');
  const heirless = db.prepare(
    `SELECT segment FROM _firn_receipts AS old WHERE state = 'replaced' AND replaced_by IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM _firn_receipts AS heir WHERE heir.segment = old.replaced_by)`,
  );
  assert.deepEqual(heirless.all(), [], 'every successor has a receipt');
}

function receiptOf(file: string, bytes: Buffer): Record<string, unknown> {
  const text = segmentText(file, bytes);
  const lines = text
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{"_firn_'));
  const rows = lines.map((line) => JSON.parse(line) as { ts: string | number; _archived_at: string });
  const times = rows.map(({ ts }) => (typeof ts === 'number' ? ts : Date.parse(ts)) * 1000);
  const [day, name] = file.split('/') as [string, string];
  const dates = new Set(rows.map(({ _archived_at }) => _archived_at));
  assert.equal(dates.size, 1, `${file}: one date of archiving`);
  return {
    ...{
      segment: file,
      table: name.slice(0, name.indexOf('.')),
      day,
      rows: rows.length,
      bytes: bytes.length,
    },
    raw_bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
    ...{ min_time: Math.min(...times), max_time: Math.max(...times), archived_at: [...dates][0] },
    position: rows.length,
  };
}
