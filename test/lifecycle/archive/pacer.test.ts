import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pacer } from '../../../src/lifecycle/segments/pacer.ts';

const GENTLE_MS = 0.9;

function clockAt(): { now: () => number; monotonic: () => number; sleep: () => Promise<void>; at: number } {
  const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at, sleep: async () => undefined };
  return clock;
}

test('batches grow at full speed while nobody else commits', () => {
  const clock = clockAt();
  const pacer = new Pacer(clock, GENTLE_MS);
  clock.at = 10_000;
  for (let i = 0; i < 20; i++) assert.equal(pacer.after(pacer.rows, pacer.rows / 50, false), 0);
  assert.ok(pacer.rows >= 2000, `${pacer.rows} rows`);
});

test('as soon as somebody commits, transactions shrink to what may be held beside others', () => {
  const clock = clockAt();
  const pacer = new Pacer(clock, GENTLE_MS);
  clock.at = 10_000;
  for (let i = 0; i < 20; i++) pacer.after(pacer.rows, pacer.rows / 50, false);
  pacer.after(pacer.rows, 60, true);
  for (let i = 0; i < 3; i++) pacer.after(pacer.rows, pacer.rows / 50, true);
  assert.ok(pacer.rows <= 45, `${pacer.rows} rows`);
});

test('a disk that stalls once does not make the next batches small; one that stays slow does', () => {
  const pacer = new Pacer(clockAt(), GENTLE_MS);
  const work = (msPerRow: number): void => void pacer.after(pacer.rows, pacer.rows * msPerRow, true);
  for (let i = 0; i < 20; i++) work(0.02);
  const usual = pacer.rows;
  work(1);
  work(0.02);
  assert.equal(pacer.rows, usual);
  for (let i = 0; i < 9; i++) work(0.06);
  assert.ok(pacer.rows <= Math.ceil(usual / 3), `${pacer.rows} rows after ${usual}`);
});

test('it is at full speed again within a second of the last foreign commit', () => {
  const clock = clockAt();
  const pacer = new Pacer(clock, GENTLE_MS);
  pacer.after(100, 5, true);
  assert.ok(pacer.gentle);
  clock.at += 1000;
  assert.ok(!pacer.gentle);
});

test('a share of the time leaves the rest of the time to others', () => {
  const clock = clockAt();
  clock.at = 10_000;
  const pacer = new Pacer(clock, GENTLE_MS, 0.25);
  clock.at = 20_000;
  assert.equal(pacer.after(100, 10, false), 30);
});
