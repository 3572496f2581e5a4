import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { piHole } from '../support/programs/things/pi-hole.ts';

testRecipe({
  page: 'pi-hole',
  program: piHole,
  days: 70,
  afterwards(db) {
    const greatest = db.prepare('SELECT max(id) AS id FROM query_storage').get()!.id as number;
    db.exec(`INSERT INTO query_storage (timestamp, type, status, domain, client, forward, reply_type, reply_time, dnssec)
      VALUES (1780272030.25, 1, 2, 1, 1, 1, 4, 0.012, 0)`);
    const next = db.prepare('SELECT * FROM queries ORDER BY id DESC LIMIT 1').get()!;
    assert.deepEqual([next.id, next.domain], [greatest + 1, 'host1.example']);
    db.exec('DELETE FROM query_storage WHERE timestamp <= 1780000000');
    db.exec('DELETE FROM domain_by_id WHERE id NOT IN (SELECT domain FROM query_storage)');
  },
});
