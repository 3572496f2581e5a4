import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { buffersOf, packUnits, unpackUnits } from '../src/copying/packed-units.ts';
import type { DrainUnit } from '../src/hot/hot-store.ts';
import { NO_LOCATORS } from '../src/hot/locators.ts';

function units(sizes: readonly number[], withLocators: boolean): DrainUnit[] {
  let first = 0;
  return sizes.map((rows) => {
    const unit = {
      first,
      rows,
      digest: Uint8Array.from(randomBytes(32)),
      locators: withLocators ? { width: 6, bytes: Uint8Array.from(randomBytes(6 * rows)) } : NO_LOCATORS,
    };
    first += rows;
    return unit;
  });
}

/** As it crosses between threads. */
function sent(from: readonly DrainUnit[]): DrainUnit[] {
  const packed = packUnits(from);
  return unpackUnits(structuredClone(packed, { transfer: buffersOf(packed) }));
}

test('units come out of a message as they went in, with and without locators', () => {
  for (const sizes of [[], [1], [50, 50, 7], [1, 50, 1]]) {
    for (const withLocators of [true, false]) {
      const made = units(sizes, withLocators);
      assert.deepEqual(sent(made), made);
    }
  }
});

test('a message takes four buffers along, however many units it has', () => {
  assert.equal(buffersOf(packUnits(units(Array(1000).fill(50), true))).length, 4);
  assert.equal(buffersOf(packUnits(units(Array(1000).fill(50), false))).length, 4);
});
