import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress, describeAdvance } from '../../../src/cli/terminal/progress.ts';
import type { Clock } from '../../../src/model/clock.ts';

const advance = { doing: 'tool_uses 2026-05-01', rows: 250_000, totalRows: 1_000_000, bytes: 260_000_000 };

test('progress tells rows, pace, bytes and the time left, within the width', () => {
  const line = describeAdvance(advance, 10_000, 100);
  assert.equal(line, '███░░░░░░░░░  25 %  250,000 rows  25,000/s  260 MB  30 s left  tool_uses 2026-05-01');
  for (const width of [40, 60, 80]) assert.ok(describeAdvance(advance, 10_000, width).length <= width);
});

test('at the very start nothing is divided by zero', () => {
  const line = describeAdvance({ ...advance, rows: 0, totalRows: 0, bytes: 0 }, 0, 80);
  assert.doesNotMatch(line, /NaN|Infinity/);
});

function world(isTTY: boolean) {
  const written: string[] = [];
  let now = 0;
  const clock: Clock = { now: () => 0, monotonic: () => now, sleep: () => Promise.resolve() };
  const out = {
    isTTY,
    columns: 80,
    write: (chunk: string | Uint8Array): void => {
      written.push(String(chunk));
    },
    drained: () => Promise.resolve(),
  };
  return { written, clock, out, pass: (ms: number) => (now += ms) };
}

test('off a terminal there is no progress unless it was asked for, and then plain lines now and then', () => {
  const silent = world(false);
  createProgress(silent.out, silent.clock, undefined).show(advance);
  assert.deepEqual(silent.written, []);

  const asked = world(false);
  const display = createProgress(asked.out, asked.clock, true);
  for (let step = 0; step < 100; step += 1) {
    asked.pass(100);
    display.show(advance);
  }
  display.finish();
  assert.equal(asked.written.length, 2);
  assert.ok(asked.written.every((line) => line.endsWith('\n') && !line.includes(String.fromCharCode(27))));
});

test('on a terminal the line is redrawn, at most ten times a second, and gone in the end', () => {
  const terminal = world(true);
  const display = createProgress(terminal.out, terminal.clock, undefined);
  for (let step = 0; step < 100; step += 1) {
    terminal.pass(10);
    display.show(advance);
  }
  assert.ok(terminal.written.length > 0 && terminal.written.length <= 20, String(terminal.written.length));
  display.finish();
  const refused = world(true);
  createProgress(refused.out, refused.clock, false).show(advance);
  assert.deepEqual(refused.written, []);
});
