import assert from 'node:assert/strict';
import { mlflow } from '../support/programs/agents/mlflow.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'mlflow',
  program: mlflow,
  days: 220,
  afterwards(db) {
    const run = db.prepare("SELECT run_uuid FROM runs WHERE status = 'RUNNING'").get()!.run_uuid as string;
    const point = db.prepare(
      'INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)',
    );
    point.run('loss', 1.7976931348623157e308, 1_780_272_030_000, run, 20);
    db.prepare('UPDATE latest_metrics SET value = 0.01, step = 20 WHERE run_uuid = ? AND key = ?').run(
      run,
      'loss',
    );
    const chart = db
      .prepare('SELECT * FROM metrics WHERE run_uuid = ? AND key = ? ORDER BY timestamp, step')
      .all(run, 'loss');
    assert.equal(chart.at(-1)!.step, 20);
    const listed = db
      .prepare(
        'SELECT r.run_uuid, m.value FROM runs r JOIN latest_metrics m USING (run_uuid) ORDER BY r.start_time DESC',
      )
      .all();
    assert.ok(listed.length > 10, 'runs are listed with their last values');
    const old = db.prepare('SELECT run_uuid FROM runs ORDER BY start_time LIMIT 1').get()!.run_uuid as string;
    for (const table of ['metrics', 'latest_metrics', 'params', 'tags', 'runs'])
      db.prepare(`DELETE FROM ${table} WHERE run_uuid = ?`).run(old);
  },
});
