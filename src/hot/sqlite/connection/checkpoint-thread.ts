import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointRequest } from './checkpointer.ts';

/**
 * A connection that only checkpoints, in a thread of its own: whatever the disk takes, the deleting thread goes on. An
 * answer is sent when what a message asks for is done, or could not be done.
 */
const { databasePath, shared } = workerData as { databasePath: string; shared: Int32Array };
const port = parentPort!;
const url = pathToFileURL(databasePath);
// Unlike node:sqlite's default, this does not create.
url.search = '?mode=rw';
const db = new DatabaseSync(url, { timeout: 0, enableForeignKeyConstraints: false });
db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -64');
const checkpoint = db.prepare('PRAGMA main.wal_checkpoint(PASSIVE)');

/** How long to wait for the next transaction. */
const CEASED_MS = 20;

port.on('message', (request: CheckpointRequest) => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  if (request === 'one') moveLog();
  else follow();
  port.postMessage('done');
});

function follow(): void {
  let seen: number;
  do {
    seen = Atomics.load(shared, 0);
    moveLog();
  } while (Atomics.wait(shared, 0, seen, CEASED_MS) !== 'timed-out' && Atomics.load(shared, 1) === 0);
}

function moveLog(): void {
  try {
    checkpoint.get();
  } catch {
    // What cannot be moved stays in the log. The deleting thread comes upon the same trouble when the log is full, and reports it.
  }
}
