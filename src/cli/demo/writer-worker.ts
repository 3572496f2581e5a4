import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { WriterOrder, WriterReport } from './writer.ts';

/** Inserts bus messages at an even pace, each in a transaction of its own, until its time is over or it is told to stop; then tells how long they waited. */
const { database, perSecond, idPrefix, forMs, stop } = workerData as WriterOrder;
const port = parentPort!;
const waits: number[] = [];

using db = new DatabaseSync(database, { timeout: 10_000, enableForeignKeyConstraints: false });
const insert = db.prepare(
  `INSERT INTO message_bus_log (id, event_id, timestamp, source, event_type, human_summary, severity, category)
   VALUES (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'demo', 'heartbeat', 'still writing', 'info', 'demo')`,
);
const began = performance.now();
port.postMessage('writing');
while (Atomics.load(stop, 0) === 0 && performance.now() - began < forMs) {
  const id = `${idPrefix}${waits.length}`;
  const asked = performance.now();
  insert.run(id, id);
  waits.push(performance.now() - asked);
  const due = began + (waits.length * 1000) / perSecond;
  Atomics.wait(stop, 0, 0, Math.max(0, due - performance.now()));
}
const ms = performance.now() - began;
waits.sort((a, b) => a - b);
const report: WriterReport = {
  ms,
  rows: waits.length,
  medianMs: waits[Math.floor(waits.length / 2)] ?? 0,
  worstMs: waits.at(-1) ?? 0,
};
port.postMessage(report);
