import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { solidQueue } from '../support/programs/services/solid-queue.ts';

testRecipe({
  page: 'solid-queue',
  program: solidQueue,
  days: 40,
  afterwards(db) {
    const count = (condition: string): number =>
      db.prepare(`SELECT count(*) AS n FROM solid_queue_jobs WHERE ${condition}`).get()!.n as number;
    assert.ok(count('finished_at IS NULL') > 8, 'unfinished and failed jobs stay');
    const at = '2026-06-01 00:00:01.000001';
    const { id } = db
      .prepare(
        `INSERT INTO solid_queue_jobs (queue_name, class_name, arguments, active_job_id, created_at, updated_at)
          VALUES ('default', 'MailJob', '{}', 'new', ?, ?) RETURNING id`,
      )
      .get(at, at) as { id: number };
    db.prepare(
      "INSERT INTO solid_queue_ready_executions (job_id, queue_name, created_at) VALUES (?, 'default', ?)",
    ).run(id, at);
    // A worker claims and finishes it.
    const next = db
      .prepare('SELECT job_id FROM solid_queue_ready_executions ORDER BY priority, job_id LIMIT 1')
      .get()!;
    assert.ok(next.job_id !== null);
    db.prepare('DELETE FROM solid_queue_ready_executions WHERE job_id = ?').run(id);
    db.prepare('UPDATE solid_queue_jobs SET finished_at = ?, updated_at = ? WHERE id = ?').run(at, at, id);
    // A failed job is tried again.
    const failed = db.prepare('SELECT job_id FROM solid_queue_failed_executions LIMIT 1').get()!;
    assert.equal(count(`id = ${failed.job_id}`), 1);
    // SolidQueue::Job.clear_finished_in_batches
    const before = count('finished_at IS NOT NULL');
    db.exec(
      "DELETE FROM solid_queue_jobs WHERE id IN (SELECT id FROM solid_queue_jobs WHERE finished_at < '2026-05-27' LIMIT 500)",
    );
    assert.ok(count('finished_at IS NOT NULL') < before);
  },
});
