import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A connection that only checkpoints, in a thread of its own: whatever the disk takes, the deleting thread goes on. One PASSIVE
 * checkpoint for each message `go`; the answer is sent when it is done, or could not be done.
 */
const { databasePath } = workerData as { databasePath: string };
const port = parentPort!;
const url = pathToFileURL(databasePath);
// Unlike node:sqlite's default, this does not create.
url.search = '?mode=rw';
const db = new DatabaseSync(url, { timeout: 0, enableForeignKeyConstraints: false });
db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -64');
const checkpoint = db.prepare('PRAGMA main.wal_checkpoint(PASSIVE)');

port.on('message', (request: 'go' | 'close') => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  try {
    checkpoint.get();
  } catch {
    // What cannot be moved stays in the log. The deleting thread comes upon the same trouble when the log is full, and reports it.
  }
  port.postMessage('done');
});
