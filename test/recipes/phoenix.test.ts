import assert from 'node:assert/strict';
import { phoenix } from '../support/programs/agents/phoenix.ts';
import { testRecipe } from '../support/programs/recipe-trial.ts';

testRecipe({
  page: 'phoenix',
  program: phoenix,
  days: 90,
  afterwards(db) {
    const greatest = db.prepare('SELECT max(id) AS id FROM traces').get()!.id as number;
    const { id } = db
      .prepare(
        `INSERT INTO traces (project_rowid, trace_id, start_time, end_time) VALUES (1, 'new', '2026-06-01 00:00:30.000123', '2026-06-01 00:00:31.000123') RETURNING id`,
      )
      .get()!;
    assert.equal(id, greatest + 1);
    db.prepare(
      `INSERT INTO spans (trace_rowid, span_id, name, span_kind, start_time, end_time, attributes, events, status_code, status_message, cumulative_error_count,
        cumulative_llm_token_count_prompt, cumulative_llm_token_count_completion) VALUES (?, 'new', 'n', 'LLM', '2026-06-01 00:00:30.000123', '2026-06-01 00:00:31.000123', '{}', '[]', 'OK', '', 0, 0, 0)`,
    ).run(id!);
    const shown = db
      .prepare(
        "SELECT s.name FROM spans s JOIN traces t ON t.id = s.trace_rowid WHERE t.project_rowid = 1 AND s.parent_id IS NULL AND s.start_time >= '2026-05-20' ORDER BY s.start_time DESC",
      )
      .all();
    assert.equal(shown[0]!.name, 'n');
    db.exec("DELETE FROM traces WHERE start_time < '2026-05-15'");
    assert.equal(db.prepare('PRAGMA foreign_key_check').all().length, 0);
  },
});
