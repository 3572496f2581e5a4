import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FirnError } from '../../src/model/errors.ts';
import { fileLocation } from '../../src/model/location.ts';
import { twoPlaces } from '../../src/model/policy/archive-places.ts';
import { requireTwoFolders } from '../../src/stores/archives/two-folders.ts';

test('tiers that links lead to one folder, or into each other, are refused', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'firn-folders-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'warm'));
  symlinkSync(join(root, 'warm'), join(root, 'link'));
  const at = (warm: string, cold: string): void =>
    requireTwoFolders(twoPlaces(fileLocation(join(root, warm)), fileLocation(join(root, cold))));
  for (const [warm, cold] of [
    ['warm', 'link'],
    ['warm', 'link/cold'],
    ['link/deep/warm', 'warm'],
  ] as const) {
    assert.throws(
      () => at(warm, cold),
      (error) => error instanceof FirnError && error.code === 'refused',
    );
  }
  at('warm', 'warm-2');
  at('warm', 'not there yet/cold');
});
