import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { heldSegments } from '../../../src/lifecycle/archived/held-segments.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { explainRow } from '../../../src/lookup/search/explain-row.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z') * 1000;
/** Bytes that are halves of surrogate pairs, in both orders, NUL, quotes, no UTF-8, and a sequence that is text. */
const ODD = [
  ...['00', 'ff', '0000', '00d8', 'd800', 'd800dc00', '00d800dc', 'dcd8', 'ffd8ffd9', '2200', '5c22', '0a0d'],
  ...['6162636465666768', '00112233445566778899aabbccddeeff', 'edA080edb080', 'fffe41', 'd83dde00d8'],
].map((hex) => Buffer.from(hex, 'hex'));
const KEYS = [...ODD, ...Array.from({ length: 10 }, (_, n) => randomBytes(7 + n))];
const UUID = Buffer.from('0190aabbccddeeff0011223344556677', 'hex');

function create(encoding: string): (path: string) => void {
  return (path) => {
    using db = new DatabaseSync(path);
    db.exec(`PRAGMA encoding = '${encoding}';
      CREATE TABLE blobs (id BLOB PRIMARY KEY, ts TEXT, other BLOB, n INTEGER);
      CREATE TABLE pairs (a TEXT, b BLOB, ts TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
      CREATE TABLE texts (id TEXT PRIMARY KEY, ts TEXT)`);
    const blob = db.prepare('INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?)');
    const pair = db.prepare('INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)');
    for (const [n, key] of [...KEYS, UUID].entries()) {
      const ts = `2026-01-${String(10 + (n % 4)).padStart(2, '0')}T00:00:00Z`;
      blob.run(key, ts, key, n);
      pair.run('left', key, ts);
      pair.run(key.toString('hex'), key, ts);
    }
    const text = db.prepare("INSERT INTO texts VALUES (?, '2026-01-10T00:00:00Z')");
    for (const id of [UUID.toString('hex'), "x'00ff'", '{"$blob":"AP8="}', 'deadbeef']) text.run(id);
  };
}

function forms(key: Buffer): string[] {
  const hex = key.toString('hex');
  return [
    ...[`x'${hex}'`, `X'${hex.toUpperCase()}'`, `{"$blob":"${key.toString('base64')}"}`],
    JSON.stringify({ $blob: key.toString('base64') }, null, 2),
    ...(key.length >= 4 ? [hex, hex.toUpperCase()] : []),
    ...(key.length === 16 ? [hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')] : []),
  ];
}

for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
  test(`rows are found by BLOB keys in every form, in every tier (${encoding})`, async () => {
    const policies = buildPolicySet([
      policyOf('blobs', { lookupKeys: ['other'] }),
      policyOf('pairs'),
      policyOf('texts'),
    ]);
    await using world = new LookupWorld(policies, create(encoding));
    const keys = [...new Map([...KEYS, UUID].map((key) => [key.toString('hex'), key])).values()];
    for (const move of [
      () => {},
      () => world.archiveAll(),
      () => world.consolidate(Date.parse('2026-05-01')),
    ]) {
      await move();
      const places = await world.places();
      const found = async (table: string, where: string): Promise<unknown[]> => {
        const query = { ...everything([table]), where: [parseCondition(where)] };
        const rows: unknown[] = [];
        for await (const hit of search(places, query)) rows.push(rowOf(hit));
        return rows;
      };
      for (const key of keys) {
        for (const form of key.length === 16 ? forms(key) : forms(key).slice(0, 1)) {
          for (const column of ['id', 'other']) {
            const rows = (await found('blobs', `${column}=${form}`)) as { id: Uint8Array }[];
            assert.deepEqual(
              rows.map(({ id }) => Buffer.from(id).toString('hex')),
              [key.toString('hex')],
              form,
            );
          }
          assert.equal((await found('pairs', `b=${form}`)).length, 2, form);
        }
        const [form] = forms(key) as [string];
        const explained = await explainRow(places, 'blobs', [form], asInstant(NOW));
        assert.equal(explained.places.length, 1, form);
        for (const first of ['left', key.toString('hex')])
          assert.equal(
            (await explainRow(places, 'pairs', [first, form], asInstant(NOW))).places.length,
            1,
            form,
          );
      }
      for (const text of [UUID.toString('hex'), "x'00ff'", '{"$blob":"AP8="}', 'deadbeef'])
        assert.equal((await found('texts', `id=${text}`)).length, 1, `${text} is still a text`);
      assert.deepEqual(await found('texts', "id=x'deadbeef'"), []);
      assert.equal((await found('blobs', "id!=x'00'")).length, keys.length - 1);
      assert.equal((await found('blobs', "id<x'01'")).length, keys.filter((key) => key[0] === 0).length);
    }
  });

  test(`a hold on a BLOB keeps the segment that has it from being purged (${encoding})`, async () => {
    await using world = new LookupWorld(
      buildPolicySet([policyOf('blobs', { lookupKeys: ['other'] })]),
      create(encoding),
    );
    await world.archiveAll();
    const { hot, archive } = await world.places();
    const receipts = await hot!.reader.ledger.receipts();
    for (const key of [...KEYS, UUID]) {
      for (const column of ['id', 'other']) {
        const holds = (key.length === 16 ? forms(key) : forms(key).slice(0, 1)).map((form, id) => ({
          ...{ id, table: 'blobs', reason: 'audit', createdAt: '' },
          conditions: [parseCondition(`${column}=${form}`)],
        }));
        for (const hold of holds) {
          const ledger = {
            holds: async () => [hold],
            receipt: async (name: string) => receipts.find(({ segment }) => segment === name) ?? null,
          };
          const names = receipts.map(({ segment }) => segment);
          assert.equal((await heldSegments(ledger, archive, names)).size, 1, hold.conditions[0]!.value);
        }
      }
    }
  });
}
