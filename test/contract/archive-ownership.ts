import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { readIdentity, writeIdentity } from '../../src/archive/identity.ts';
import type { LockHolder } from '../../src/lock/lock-holder.ts';
import { FirnError } from '../../src/model/errors.ts';
import { filesIn, publishText, readText, refusesWith } from '../support/archives/archive.ts';
import type { OpenArchive } from './archive-store.ts';

const HOLDER: LockHolder = {
  ...{ pid: 7, host: 'host-a', command: 'archive all', since: '2026-01-16T02:00:00.000Z', database: '/a.db' },
};

/** Who may change an archive, where the store itself keeps a lock. An archive on S3 does not: the lock is that of the database. */
export function archiveLockTrials(name: string, place: (t: TestContext) => Promise<OpenArchive>): void {
  it(`one holder at a time has the lock of ${name}, whoever opened the archive, and the second is told who it is`, async (t) => {
    const open = await place(t);
    await publishText(open(), 'warm/a', 'a');
    const first = await open().lock(HOLDER);
    await assert.rejects(open().lock({ ...HOLDER, command: 'cleanup', database: '/b.db' }), (error) => {
      assert.ok(error instanceof FirnError && error.code === 'locked');
      assert.match(error.message, /archive all \(process 7 on host-a, since 2026-01-16/);
      return true;
    });
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await using _second = await open().lock(HOLDER);
    await refusesWith('locked', open().lock(HOLDER));
  });
}

/** Whose archive it is. */
export function ownershipTrials(place: (t: TestContext) => Promise<OpenArchive>): void {
  it('the lock is no file of the archive, and reading and writing need none', async (t) => {
    const open = await place(t);
    await publishText(open(), 'warm/a', 'a');
    await using _lock = await open().lock(HOLDER);
    assert.deepEqual(await filesIn(open(), ''), [{ path: 'warm/a', bytes: 1 }]);
    assert.deepEqual(await open().strays(), []);
    assert.deepEqual(await open().sweep(), []);
    assert.equal(await readText(open(), 'warm/a'), 'a');
    await publishText(open(), 'warm/b', 'b');
  });

  it('an archive is marked once with its database, and never with another', async (t) => {
    const open = await place(t);
    await writeIdentity(open(), 'db-1', '2026-01-16T00:00:00Z');
    await writeIdentity(open(), 'db-1', '2026-01-17T00:00:00Z');
    const identity = { format: 1, database: 'db-1', created: '2026-01-16T00:00:00Z' };
    assert.deepEqual(await readIdentity(open()), identity);
    await refusesWith('refused', writeIdentity(open(), 'db-2', '2026-01-18T00:00:00Z'));
    assert.deepEqual(await readIdentity(open()), identity);
    assert.deepEqual(await open().sweep(), []);
  });

  it('a marker that cannot be understood is an integrity error', async (t) => {
    const texts = [
      '',
      '{',
      'null',
      '[]',
      '{"format":2,"database":"a","created":""}',
      '{"format":1,"created":""}',
      ' '.repeat(70_000),
    ];
    for (const text of texts) {
      const open = await place(t);
      await publishText(open(), 'archive.json', text);
      await refusesWith('integrity', readIdentity(open()));
    }
  });
}
