import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { homeAssistant } from '../support/programs/things/home-assistant.ts';

testRecipe({
  page: 'home-assistant',
  program: homeAssistant,
  days: 40,
  clearing: /```sql\n([\s\S]*?)```/.exec(
    readFileSync(join(import.meta.dirname, '../../docs/recipes/home-assistant.md'), 'utf8'),
  )![1]!,
  afterwards(db) {
    // After a start the first state of an entity refers to none, the next one to that.
    const insert = db.prepare(
      `INSERT INTO states (state, metadata_id, attributes_id, old_state_id, last_updated_ts, origin_idx, context_id_bin)
        VALUES ('on', 1, 1, ?, ?, 0, x'0190aabbccddeeff0011223344556677') RETURNING state_id`,
    );
    const first = insert.get(null, 1_780_272_030.5)!.state_id as number;
    insert.get(first, 1_780_272_040.5);
    const history = db
      .prepare(
        `SELECT s.state, s.last_updated_ts, a.shared_attrs FROM states s LEFT JOIN state_attributes a ON s.attributes_id = a.attributes_id
          WHERE s.metadata_id = ? AND s.last_updated_ts > ? ORDER BY s.last_updated_ts`,
      )
      .all(1, 1_779_900_000);
    assert.ok(history.length > 5 && history.at(-1)!.state === 'on');
    // The purge of the recorder.
    db.exec(
      'UPDATE states SET old_state_id = NULL WHERE old_state_id IN (SELECT state_id FROM states ORDER BY last_updated_ts LIMIT 20)',
    );
    db.exec(
      'DELETE FROM states WHERE state_id IN (SELECT state_id FROM states ORDER BY last_updated_ts LIMIT 20)',
    );
    db.exec(
      'DELETE FROM state_attributes WHERE attributes_id NOT IN (SELECT attributes_id FROM states WHERE attributes_id IS NOT NULL)',
    );
  },
});
