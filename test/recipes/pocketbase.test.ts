import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { pocketBase } from '../support/programs/services/pocketbase.ts';

testRecipe({
  page: 'pocketbase',
  program: pocketBase,
  days: 30,
  afterwards(db) {
    db.exec(
      `INSERT INTO _logs (level, message, data, created) VALUES (0, 'GET /', '{"status":200}', '2026-06-01 00:00:30.000Z')`,
    );
    const hours = db
      .prepare(
        "SELECT count(*) AS total, strftime('%Y-%m-%d %H:00:00', created) AS date FROM _logs GROUP BY date ORDER BY date DESC",
      )
      .all();
    assert.equal(hours[0]!.date, '2026-06-01 00:00:00');
    db.exec("DELETE FROM _logs WHERE created <= '2026-05-27 00:00:00.000Z'");
  },
});
