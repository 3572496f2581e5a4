import assert from 'node:assert/strict';
import { openWebui } from '../support/programs/agents/open-webui.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'open-webui',
  program: openWebui,
  days: 500,
  afterwards(db) {
    for (const child of ['chat_message', 'chat_file']) {
      const lost = `SELECT count(*) AS n FROM ${child} WHERE chat_id NOT IN (SELECT id FROM chat)`;
      assert.equal(db.prepare(lost).get()!.n, 0, child);
    }
    db.exec(
      `INSERT INTO chat (id, user_id, title, archived, created_at, updated_at, chat) VALUES ('new', 'ann', 'New', 0, 1780272030, 1780272030, '{}');
      INSERT INTO chat_message (id, chat_id, user_id, role, content, created_at, updated_at) VALUES ('new-1', 'new', 'ann', 'user', '"x"', 1780272030, 1780272030)`,
    );
    const sidebar = db
      .prepare(
        "SELECT id, title FROM chat WHERE user_id = 'ann' AND folder_id IS NULL AND (pinned = 0 OR pinned IS NULL) AND archived = 0 ORDER BY updated_at DESC LIMIT 60",
      )
      .all();
    assert.equal(sidebar[0]!.id, 'new');
    assert.ok(sidebar.length > 2);
    db.exec("DELETE FROM chat WHERE id = 'new'");
    assert.equal(db.prepare("SELECT count(*) AS n FROM chat_message WHERE chat_id = 'new'").get()!.n, 0);
  },
});
