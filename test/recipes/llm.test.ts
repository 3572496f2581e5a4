import assert from 'node:assert/strict';
import { llm } from '../support/programs/agents/llm.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'llm',
  program: llm,
  days: 130,
  afterwards(db) {
    const { id } = db.prepare('SELECT id FROM conversations ORDER BY rowid LIMIT 1').get()!;
    db.prepare(
      `INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc)
        VALUES ('01next', 'm', 'a question about llamas', 'an answer', ?, '2026-06-01T00:00:30.123456+00:00')`,
    ).run(id!);
    const found = db
      .prepare(
        `SELECT responses.id FROM responses JOIN responses_fts ON responses_fts.rowid = responses.rowid
          WHERE responses_fts MATCH ? ORDER BY responses_fts.rank`,
      )
      .all('llamas');
    assert.deepEqual(
      found.map((row) => row.id),
      ['01next'],
    );
    db.exec("INSERT INTO responses_fts (responses_fts) VALUES ('integrity-check')");
  },
});
