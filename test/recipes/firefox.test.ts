import assert from 'node:assert/strict';
import { testRecipe } from '../support/programs/recipe-trial.ts';
import { firefox } from '../support/programs/things/firefox.ts';

testRecipe({
  page: 'firefox',
  program: firefox,
  days: 220,
  afterwards(db) {
    // Firefox makes these in every session; Firn never sees them.
    db.exec(`CREATE TEMP TRIGGER moz_historyvisits_afterinsert_trigger AFTER INSERT ON moz_historyvisits BEGIN
        UPDATE moz_places SET visit_count = visit_count + 1, last_visit_date = max(ifnull(last_visit_date, 0), NEW.visit_date) WHERE id = NEW.place_id; END;
      CREATE TEMP TRIGGER moz_historyvisits_afterdelete_trigger AFTER DELETE ON moz_historyvisits BEGIN
        UPDATE moz_places SET visit_count = visit_count - 1 WHERE id = OLD.place_id; END;`);
    const count = (): number =>
      db.prepare('SELECT visit_count AS n FROM moz_places WHERE id = 1').get()!.n as number;
    const before = count();
    db.exec(
      'INSERT INTO moz_historyvisits (from_visit, place_id, visit_date, visit_type, session) VALUES (0, 1, 1780272030000000, 1, 0)',
    );
    assert.equal(count(), before + 1);
    const history = db
      .prepare(
        `SELECT h.url, max(v.visit_date) AS date FROM moz_places h JOIN moz_historyvisits v ON h.id = v.place_id
          WHERE h.hidden = 0 GROUP BY h.id ORDER BY date DESC LIMIT 50`,
      )
      .all();
    assert.ok(history.length > 5);
    // The expiration of Firefox: the oldest visits, then pages without visits and bookmarks.
    db.exec(
      'DELETE FROM moz_historyvisits WHERE id IN (SELECT id FROM moz_historyvisits ORDER BY visit_date LIMIT 5)',
    );
    db.exec(`DELETE FROM moz_places WHERE visit_count = 0 AND foreign_count = 0 AND id NOT IN (SELECT place_id FROM moz_historyvisits)
      AND id NOT IN (SELECT fk FROM moz_bookmarks WHERE fk IS NOT NULL)`);
  },
});
