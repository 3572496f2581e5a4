import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { FailingFileSystem, type Fault } from '../../support/faults/disk/failing-file-system.ts';
import { ARCHIVE, type Moment, type Program, record, type World } from '../../support/faults/recorded-run.ts';
import type { RowBook } from '../../support/faults/rows/row-book.ts';
import { archiving, bystander, conserved, smallWorld } from '../../support/worlds/archive-world.ts';

const FAULTS: readonly (readonly [name: string, faults: readonly Omit<Fault, 'nth'>[]])[] = [
  ['a full disk', [{ action: 'change', code: 'ENOSPC', lasting: true }]],
  ['a write that takes only half of its bytes', [{ action: 'write', code: 'short', lasting: false }]],
  [
    'a disk that fails once',
    [
      { action: 'change', code: 'EIO', lasting: false },
      { action: 'read', code: 'EIO', lasting: false },
      { action: 'readdir', code: 'EIO', lasting: false },
      { action: 'open', code: 'EIO', lasting: false },
    ],
  ],
  ['a folder that becomes read-only', [{ action: 'change', code: 'EROFS', lasting: true }]],
  [
    'a folder whose permissions were taken away',
    [
      { action: 'change', code: 'EACCES', lasting: true },
      { action: 'create', code: 'EACCES', lasting: true },
      { action: 'unlink', code: 'EACCES', lasting: true },
    ],
  ],
];

for (const [name, faults] of FAULTS) {
  test(`${name}, at every action: nothing is lost, the failure is said, and the next run completes`, async (t) => {
    const { start, book } = smallWorld();
    let struck = 0;
    for (const kind of faults) {
      for (let nth = 1; await strikes(start, book, { ...kind, nth }); nth++) struck++;
    }
    t.diagnostic(`${t.name}: ${struck} failures`);
    assert.ok(struck > 10, `${struck} failures`);
  });
}

/** False when the run has fewer calls of the kind. */
async function strikes(start: Moment, book: RowBook, fault: Fault): Promise<boolean> {
  let failing: FailingFileSystem | null = null;
  let said: string | null = null;
  const run: Program = async (world: World) => {
    failing = new FailingFileSystem(world.fileSystem, fault);
    try {
      const meanwhile = fault.code === 'EROFS' ? bystander : undefined;
      const program = archiving({ target: 'notes', ...(meanwhile && { meanwhile }) });
      const { fileSystem } = failing;
      const archive = (): ArchiveStore => openFolder(ARCHIVE, fileSystem);
      await program({ ...world, fileSystem, archive, hot: (store) => world.hot(store) });
    } catch (error) {
      said = requireWords(error, fault);
    }
  };
  const moments = await record(start, run);
  try {
    const struck = (failing as FailingFileSystem | null)!.struck;
    await record(moments.at(-1)!, archiving({ target: 'notes' }), (left) => conserved(book, left));
    if (said === null && struck)
      await record(
        moments.at(-1)!,
        async () => {},
        (left) => conserved(book, left),
      );
    return struck;
  } catch (cause) {
    const where = `${fault.code} at ${fault.action} ${fault.nth}, which said ${said}`;
    throw new Error(`${where}: ${(cause as Error).message}`, { cause });
  }
}

/** The failure must name the archive or a file of it, in words. */
function requireWords(error: unknown, fault: Fault): string {
  assert.ok(error instanceof Error);
  const said = error instanceof FirnError ? `${error.code}: ${error.message}` : error.message;
  if (error instanceof FirnError) {
    assert.equal(error.code, 'io', `${fault.code} at ${fault.action} ${fault.nth} said ${said}`);
    assert.ok(error.path?.includes(ARCHIVE), `${said} names no path, but ${error.path}`);
  } else {
    // The report of a table that failed: see `archiving`.
    assert.match(said, /"status":"(error|partial)".*"message"/);
  }
  return said;
}
