import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { n8n } from '../support/programs/services/n8n.ts';

testRecipe({
  page: 'n8n',
  program: n8n,
  days: 30,
  afterwards(db) {
    const waiting = db
      .prepare("SELECT count(*) AS n FROM execution_entity WHERE status = 'waiting'")
      .get()!.n;
    assert.ok(Number(waiting) > 5, 'executions that wait stay');
    const orphans = db
      .prepare(
        'SELECT count(*) AS n FROM execution_data WHERE executionId NOT IN (SELECT id FROM execution_entity)',
      )
      .get()!.n;
    assert.equal(orphans, 0);
    const { id } = db
      .prepare(
        `INSERT INTO execution_entity (workflowId, finished, mode, startedAt, status) VALUES ('workflow1', 0, 'trigger', '2026-06-01 00:00:30.000', 'running') RETURNING id`,
      )
      .get()!;
    assert.equal(id, 901);
    db.prepare("INSERT INTO execution_data (executionId, workflowData, data) VALUES (?, '{}', '[]')").run(id);
    const list = db
      .prepare('SELECT id, status FROM execution_entity WHERE deletedAt IS NULL ORDER BY id DESC LIMIT 20')
      .all();
    assert.equal(list.length, 20);
    // n8n prunes in two steps: it marks executions, then deletes them; the foreign keys cascade.
    db.exec(
      "UPDATE execution_entity SET deletedAt = '2026-06-01 00:00:40.000' WHERE stoppedAt < '2026-05-28 00:00:00.000' AND status != 'waiting'",
    );
    db.exec('DELETE FROM execution_entity WHERE deletedAt IS NOT NULL');
  },
});
