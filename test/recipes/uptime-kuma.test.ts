import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { uptimeKuma } from '../support/programs/services/uptime-kuma.ts';

testRecipe({
  page: 'uptime-kuma',
  program: uptimeKuma,
  days: 70,
  afterwards(db) {
    db.exec(`INSERT INTO heartbeat (important, monitor_id, status, msg, time, ping, duration)
      VALUES (0, 1, 1, '200 - OK', '2026-06-01 00:00:30.000', 31, 60)`);
    const last = db
      .prepare('SELECT * FROM heartbeat WHERE monitor_id = ? ORDER BY time DESC LIMIT 100')
      .all(1);
    assert.equal(last.length > 10 && last[0]!.time, '2026-06-01 00:00:30.000');
    db.exec("DELETE FROM heartbeat WHERE time < DATETIME('2026-06-01', '-10 days')");
    db.exec('DELETE FROM monitor WHERE id = 5');
    assert.equal(db.prepare('SELECT count(*) AS n FROM heartbeat WHERE monitor_id = 5').get()!.n, 0);
  },
});
