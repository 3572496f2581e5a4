import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { gitea } from '../support/programs/services/gitea.ts';

testRecipe({
  page: 'gitea',
  program: gitea,
  days: 400,
  afterwards(db) {
    db.exec(`INSERT INTO action (user_id, op_type, act_user_id, repo_id, comment_id, ref_name, content, created_unix)
      VALUES (1, 5, 1, 1, 0, 'refs/heads/main', '{}', 1780272030)`);
    const feed = db
      .prepare(
        'SELECT * FROM action WHERE user_id = ? AND is_deleted = 0 ORDER BY created_unix DESC LIMIT 20',
      )
      .all(1);
    assert.equal(feed[0]!.created_unix, 1_780_272_030);
    db.prepare(
      'SELECT created_unix / 900 * 900 AS timestamp, count(user_id) AS contributions FROM action WHERE user_id = act_user_id AND created_unix > ? GROUP BY timestamp',
    ).all(1_750_000_000);
    db.exec('DELETE FROM action WHERE created_unix < 1760000000');
  },
});
