import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { grafana } from '../support/programs/services/grafana.ts';

testRecipe({
  page: 'grafana',
  program: grafana,
  days: 130,
  afterwards(db) {
    db.exec(`INSERT INTO annotation (org_id, dashboard_id, panel_id, type, title, text, prev_state, new_state, data, epoch, epoch_end, created, updated)
      VALUES (1, 2, 1, '', '', 'deploy', '', '', '{}', 1780272030000, 1780272030000, 1780272030000, 1780272030000)`);
    const shown = db
      .prepare(
        `SELECT annotation.id, annotation.text FROM annotation LEFT OUTER JOIN user AS usr ON usr.id = annotation.user_id
          WHERE annotation.org_id = 1 AND annotation.dashboard_id = 2 AND annotation.epoch <= ? AND annotation.epoch_end >= ? ORDER BY epoch DESC`,
      )
      .all(1_780_272_060_000, 1_779_600_000_000);
    assert.equal(shown[0]!.text, 'deploy');
    db.exec(
      'DELETE FROM annotation WHERE id IN (SELECT id FROM annotation WHERE created < 1778000000000 ORDER BY id DESC LIMIT 100)',
    );
    db.exec(
      'DELETE FROM annotation_tag WHERE NOT EXISTS (SELECT 1 FROM annotation a WHERE annotation_id = a.id)',
    );
  },
});
