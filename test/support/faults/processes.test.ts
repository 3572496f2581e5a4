import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { MemoryArchive } from '../archives/memory-archive.ts';
import { enterLog, type WriteTally } from './disk/write-log.ts';
import { FirnProcess } from './firn-process.ts';
import { assertConserved } from './rows/conservation.ts';
import { RowBook } from './rows/row-book.ts';
import { Writer } from './writer.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;

it('what a writer was told is in the database, also when it is killed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'firn-writer-'));
  t.after(() => rm(folder, { recursive: true }));
  const databasePath = join(folder, 'a.db');
  createDemoDatabase(databasePath, { rows: 200, days: 30, now: instantOfMs(NOW), seed: 1 });
  const book = RowBook.photograph(databasePath, ['tool_uses']);
  const tallies: WriteTally[] = [];
  for (const seed of [1, 2]) {
    const logPath = join(folder, `${seed}.log`);
    const writer = await Writer.start({
      ...{ databasePath, logPath, seed, now: NOW, oldestMs: 60 * DAY_MS },
      ...{ perSecond: 400, updates: 0.3, statuses: ['done', 'pending'] },
    });
    while (tallyOf(logPath).inserted < 40) await new Promise((resolve) => setTimeout(resolve, 10));
    await (seed === 1 ? writer.stop() : writer.kill());
    tallies.push(enterLog(book, 'tool_uses', logPath));
  }
  for (const tally of tallies) assert.ok(tally.inserted >= 40 && tally.updated > 0 && tally.missed === 0);
  await assertConserved(book, { databasePath, archive: new MemoryArchive() });
});

function tallyOf(logPath: string): WriteTally {
  return enterLog(new RowBook(), 'tool_uses', logPath);
}

it('the real program runs, and ends by the signal it is sent', async () => {
  const { status, stdout } = await FirnProcess.run(['--help']);
  assert.equal(status, 0);
  assert.match(stdout, /Available commands/);
  const killed = await FirnProcess.start(['--help']).signalAfter(0);
  assert.equal(killed.signal, 'SIGKILL');
});
