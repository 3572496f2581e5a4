import assert from 'node:assert/strict';
import { goose } from '../support/programs/agents/goose.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'goose',
  program: goose,
  days: 70,
  afterwards(db) {
    const lost = 'SELECT count(*) AS n FROM messages WHERE session_id NOT IN (SELECT id FROM sessions)';
    assert.equal(db.prepare(lost).get()!.n, 0);
    db.exec("INSERT INTO sessions (id, name, working_dir) VALUES ('20260601_1', 'New', '/src')");
    db.exec(
      `INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES ('20260601_1', 'user', '[]', 1780272030);
      UPDATE sessions SET updated_at = datetime('now') WHERE id = '20260601_1'`,
    );
    const list = db
      .prepare(
        `SELECT s.id, count(m.id) AS messages FROM sessions s INNER JOIN messages m ON s.id = m.session_id
          GROUP BY s.id ORDER BY s.updated_at DESC`,
      )
      .all();
    assert.ok(list.length > 2 && list.some(({ id, messages }) => id === '20260601_1' && messages === 1));
    db.exec(
      "DELETE FROM messages WHERE session_id = '20260601_1'; DELETE FROM sessions WHERE id = '20260601_1'",
    );
  },
});
