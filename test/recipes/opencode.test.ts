import assert from 'node:assert/strict';
import { opencode } from '../support/programs/agents/opencode.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'opencode',
  program: opencode,
  days: 70,
  afterwards(db) {
    for (const [child, by, parent] of [
      ['message', 'session_id', 'session'],
      ['part', 'message_id', 'message'],
      ['todo', 'session_id', 'session'],
    ])
      assert.equal(
        db.prepare(`SELECT count(*) AS n FROM ${child} WHERE ${by} NOT IN (SELECT id FROM ${parent})`).get()!
          .n,
        0,
        child,
      );
    db.exec(
      "INSERT INTO session (id, project_id, slug, directory, title, version, time_created, time_updated) VALUES ('ses_1', 'p0', 's', '/src', 'New', '1.2.1', 1780272030000, 1780272030000)",
    );
    db.exec(
      "INSERT INTO message (id, session_id, time_created, time_updated, data) VALUES ('msg_1', 'ses_1', 1780272030000, 1780272030000, '{}')",
    );
    db.exec(
      "INSERT INTO part (id, message_id, session_id, time_created, time_updated, data) VALUES ('prt_1', 'msg_1', 'ses_1', 1780272030000, 1780272030000, '{}')",
    );
    const list = db
      .prepare("SELECT * FROM session WHERE project_id = 'p0' ORDER BY time_updated DESC LIMIT 100")
      .all();
    assert.equal(list[0]!.id, 'ses_1');
    db.exec("DELETE FROM session WHERE id = 'ses_1'");
    assert.equal(db.prepare("SELECT count(*) AS n FROM part WHERE session_id = 'ses_1'").get()!.n, 0);
  },
});
