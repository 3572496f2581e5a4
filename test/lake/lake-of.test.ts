import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import type { LakeFile } from '../../src/format/lake/lake-file.ts';
import { type CurrentSegment, lakeOf } from '../../src/lake/lake-of.ts';
import { asInstant } from '../../src/model/instant.ts';
import { onePlace } from '../../src/model/policy/archive-places.ts';
import { openArchive } from '../../src/stores/open-archive.ts';
import { publish } from '../support/archives/archive.ts';
import { lakeFileOf } from '../support/archives/lake-files.ts';

const SEAL = 'd'.repeat(64);
const EVER = { since: null, until: null };

function current(segment: string, other: Partial<CurrentSegment> = {}): CurrentSegment {
  return {
    ...{ segment, tier: 'warm', digest: SEAL, rows: 10, drained: 10, kept: new Set() },
    ...{ leased: false, adopted: false },
    ...other,
  };
}

function lakePlace(t: { after(end: () => void): void }): {
  readonly archive: ArchiveStore;
  readonly root: string;
} {
  const root = mkdtempSync(join(tmpdir(), 'firn-lake-'));
  t.after(() => undefined);
  return { root, archive: openArchive(onePlace({ scheme: 'file', path: root, text: root })) };
}

/** A file whose bytes only look like Parquet from behind, and its record. */
async function lakeFile(
  archive: ArchiveStore,
  segment: string,
  other: Partial<LakeFile> = {},
): Promise<LakeFile> {
  const footer = Buffer.concat([Buffer.from('meta'), Buffer.from([4, 0, 0, 0]), Buffer.from('PAR1')]);
  const bytes = Buffer.concat([Buffer.from(`PAR1 ${segment}`), footer]);
  const record = lakeFileOf(segment, {
    ...{ bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') },
    ...{ footerSha256: hash('sha256', footer, 'hex'), ...other },
  });
  await publish(archive, record.path, bytes);
  return record;
}

const [A, B] = ['2026-01-16/t.jsonl.gz', '2026-01-17/t.jsonl.gz'];

test('a file in step is given with its segments, its place and its columns', async (t) => {
  const { archive, root } = lakePlace(t);
  const record = await lakeFile(archive, A);
  const found = await lakeOf({ archive, records: [record], downloads: root }, 't', [current(A)], EVER);
  const { path, minTime, maxTime, columns, bytes } = record;
  assert.deepEqual(found, {
    files: [
      {
        ...{
          localPath: join(root, path),
          path,
          tier: 'warm',
          segments: [A],
          minTime,
          maxTime,
          columns,
          bytes,
        },
        ...{ rows: 10, exactRows: 0 },
      },
    ],
    problems: [],
  });
});

test('a file is not given when one of its segments is not what it was, and that is no problem', async (t) => {
  const { archive, root } = lakePlace(t);
  const record = await lakeFile(archive, A, {
    segments: [
      { name: A, seal: SEAL },
      { name: B, seal: SEAL },
    ],
  });
  const others: [string, CurrentSegment[]][] = [
    ['missing', [current(A)]],
    ['another seal', [current(A), current(B, { digest: 'e'.repeat(64) })]],
    ['no receipt', [current(A), current(B, { digest: null })]],
    ['being drained', [current(A), current(B, { drained: 9 })]],
    ['a line kept hot', [current(A), current(B, { kept: new Set([1]) })]],
    ['leased', [current(A), current(B, { leased: true })]],
    ['two tiers', [current(A), current(B, { tier: 'cold' })]],
  ];
  for (const [name, segments] of others) {
    const found = await lakeOf({ archive, records: [record], downloads: root }, 't', segments, EVER);
    assert.deepEqual(found, { files: [], problems: [] }, name);
  }
  const whole = await lakeOf(
    { archive, records: [record], downloads: root },
    't',
    [current(A), current(B)],
    EVER,
  );
  assert.equal(whole.files.length, 1);
});

test('a file that is being written or removed, or made by other rules, is not given', async (t) => {
  const { archive, root } = lakePlace(t);
  const record = await lakeFile(archive, A);
  for (const other of [{ state: 'writing' }, { state: 'leaving' }, { rules: 0 }] as const) {
    const records = [{ ...record, ...other }];
    const found = await lakeOf({ archive, records, downloads: root }, 't', [current(A)], EVER);
    assert.deepEqual(found.files, []);
  }
});

test('a file that is missing, cut or changed is a problem, and its segments are left to be read', async (t) => {
  const { archive, root } = lakePlace(t);
  const record = await lakeFile(archive, A);
  const read = async (): Promise<readonly string[]> => {
    const found = await lakeOf({ archive, records: [record], downloads: root }, 't', [current(A)], EVER);
    assert.deepEqual(found.files, []);
    return found.problems.map(({ why }) => why);
  };
  const local = join(root, record.path);
  writeFileSync(local, 'short');
  assert.match((await read())[0]!, /has 5 bytes, and the ledger says/);
  writeFileSync(local, Buffer.alloc(record.bytes));
  assert.match((await read())[0]!, /footer is not the one/);
  await archive.remove(record.path);
  assert.match((await read())[0]!, /missing/);
});

test('files outside of the range of time are left out', async (t) => {
  const { archive, root } = lakePlace(t);
  const records = [await lakeFile(archive, A, { minTime: asInstant(10), maxTime: asInstant(20) })];
  const inRange = async (since: number | null, until: number | null): Promise<number> => {
    const range = { since: asInstant(since), until: asInstant(until) };
    const found = await lakeOf({ archive, records, downloads: root }, 't', [current(A)], range);
    return found.files.length;
  };
  assert.deepEqual(
    [await inRange(20, null), await inRange(21, null), await inRange(null, 10), await inRange(null, 9)],
    [1, 0, 1, 0],
  );
});

test('no segment is in two files: the merged one is given', async (t) => {
  const { archive, root } = lakePlace(t);
  const month = await lakeFile(archive, A, {
    path: 'lake/_table=t/_month=2026-01/t.0.parquet',
    segments: [
      { name: A, seal: SEAL },
      { name: B, seal: SEAL },
    ],
  });
  const day = await lakeFile(archive, B);
  const cold = [current(A, { tier: 'cold' }), current(B, { tier: 'cold' })];
  const found = await lakeOf({ archive, records: [day, month], downloads: root }, 't', cold, EVER);
  assert.deepEqual(
    found.files.map(({ path, tier }) => [path, tier]),
    [[month.path, 'cold']],
  );
  assert.ok(dirname(found.files[0]!.localPath).endsWith('_month=2026-01'));
});

test('a file elsewhere is downloaded once, and compared byte for byte', async (t) => {
  const { archive, root } = lakePlace(t);
  const downloads = mkdtempSync(join(tmpdir(), 'firn-lake-downloads-'));
  let opened = 0;
  const far = new Proxy(archive, {
    get: (store, name: keyof ArchiveStore) => {
      if (name === 'capabilities') return { ...store.capabilities, localPath: () => null };
      if (name === 'open') opened++;
      const value = store[name];
      return typeof value === 'function' ? value.bind(store) : value;
    },
  });
  const record = await lakeFile(archive, A);
  const places = { archive: far, records: [record], downloads };
  for (const _ of [1, 2]) {
    const found = await lakeOf(places, 't', [current(A)], EVER);
    assert.equal(dirname(found.files[0]!.localPath), downloads);
  }
  assert.equal(opened, 1);
  const other = await lakeFile(archive, B);
  writeFileSync(join(root, other.path), Buffer.alloc(other.bytes));
  const found = await lakeOf({ ...places, records: [other] }, 't', [current(B)], EVER);
  assert.match(found.problems[0]!.why, /its bytes are not those/);
});
