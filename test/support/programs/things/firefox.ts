import type { Program } from '../program.ts';

/** Counters in moz_places are kept by TEMP triggers that exist only inside Firefox: a recipe's test makes them itself. */
export const firefox: Program = {
  name: 'Firefox places',
  version: '115 ESR and newer',
  source: 'https://searchfox.org/mozilla-central/source/toolkit/components/places/nsPlacesTables.h',
  schema: `
    CREATE TABLE moz_origins (id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, host TEXT NOT NULL, frecency INTEGER NOT NULL, UNIQUE (prefix, host));
    CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER DEFAULT 0,
      hidden INTEGER DEFAULT 0 NOT NULL, typed INTEGER DEFAULT 0 NOT NULL, frecency INTEGER DEFAULT -1 NOT NULL, last_visit_date INTEGER,
      guid TEXT, foreign_count INTEGER DEFAULT 0 NOT NULL, url_hash INTEGER DEFAULT 0 NOT NULL, description TEXT, preview_image_url TEXT,
      origin_id INTEGER REFERENCES moz_origins(id));
    CREATE INDEX moz_places_url_hashindex ON moz_places (url_hash);
    CREATE INDEX moz_places_lastvisitdateindex ON moz_places (last_visit_date);
    CREATE UNIQUE INDEX moz_places_guid_uniqueindex ON moz_places (guid);
    CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER, session INTEGER);
    CREATE INDEX moz_historyvisits_placedateindex ON moz_historyvisits (place_id, visit_date);
    CREATE INDEX moz_historyvisits_fromindex ON moz_historyvisits (from_visit);
    CREATE INDEX moz_historyvisits_dateindex ON moz_historyvisits (visit_date);
    CREATE TABLE moz_inputhistory (place_id INTEGER NOT NULL, input LONGVARCHAR NOT NULL, use_count INTEGER, PRIMARY KEY (place_id, input));
    CREATE TABLE moz_anno_attributes (id INTEGER PRIMARY KEY, name VARCHAR(32) UNIQUE NOT NULL);
    CREATE TABLE moz_annos (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0,
      expiration INTEGER DEFAULT 0, type INTEGER DEFAULT 0, dateAdded INTEGER DEFAULT 0, lastModified INTEGER DEFAULT 0);
    CREATE TABLE moz_bookmarks (id INTEGER PRIMARY KEY, type INTEGER, fk INTEGER DEFAULT NULL, parent INTEGER, position INTEGER, title LONGVARCHAR,
      keyword_id INTEGER, folder_type TEXT, dateAdded INTEGER, lastModified INTEGER, guid TEXT, syncStatus INTEGER NOT NULL DEFAULT 0,
      syncChangeCounter INTEGER NOT NULL DEFAULT 1);
    CREATE TABLE moz_bookmarks_deleted (guid TEXT PRIMARY KEY, dateRemoved INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE moz_keywords (id INTEGER PRIMARY KEY AUTOINCREMENT, keyword TEXT UNIQUE, place_id INTEGER, post_data TEXT);
    CREATE TABLE moz_meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    CREATE TABLE moz_places_metadata_search_queries (id INTEGER PRIMARY KEY, terms TEXT NOT NULL UNIQUE);
    CREATE TABLE moz_places_metadata (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, referrer_place_id INTEGER, created_at INTEGER NOT NULL DEFAULT 0,
      updated_at INTEGER NOT NULL DEFAULT 0, total_view_time INTEGER NOT NULL DEFAULT 0, typing_time INTEGER NOT NULL DEFAULT 0,
      key_presses INTEGER NOT NULL DEFAULT 0, document_type INTEGER NOT NULL DEFAULT 0, search_query_id INTEGER,
      FOREIGN KEY (place_id) REFERENCES moz_places(id) ON DELETE CASCADE, FOREIGN KEY (referrer_place_id) REFERENCES moz_places(id) ON DELETE CASCADE,
      FOREIGN KEY(search_query_id) REFERENCES moz_places_metadata_search_queries(id) ON DELETE CASCADE CHECK(place_id != referrer_place_id));
    CREATE UNIQUE INDEX moz_places_metadata_placecreated_uniqueindex ON moz_places_metadata (place_id, created_at);`,
  answers: {
    moz_origins: ['no_time', null],
    moz_places: ['in_use', 'last_visit_date'],
    moz_historyvisits: ['archive', 'visit_date'],
    moz_inputhistory: ['no_time', null],
    moz_anno_attributes: ['no_time', null],
    moz_annos: ['archive', 'dateAdded'],
    moz_bookmarks: ['in_use', 'dateAdded'],
    moz_bookmarks_deleted: ['archive', 'dateRemoved'],
    moz_keywords: ['no_time', null],
    moz_meta: ['no_time', null],
    moz_places_metadata_search_queries: ['no_time', null],
    moz_places_metadata: ['archive', 'created_at'],
  },
  fill(pen) {
    const { write, moments, below, rows } = pen;
    const places = Math.max(20, Math.floor(rows / 8));
    const visits = moments(rows).map((ms, at) => ({
      ms,
      place: at % 3 === 0 ? 1 + below(8) : 1 + Math.floor((at / rows) * places),
    }));
    const seen = new Map<number, { count: number; last: number }>();
    for (const { ms, place } of visits)
      seen.set(place, { count: (seen.get(place)?.count ?? 0) + 1, last: ms });
    for (let id = 1; id <= 6; id++)
      write('moz_origins', { id, prefix: 'https://', host: `site${id}.example`, frecency: 100 * id });
    for (let id = 1; id <= places; id++) {
      const visit = seen.get(id);
      write('moz_places', {
        ...{
          id,
          url: `https://site${1 + (id % 6)}.example/page/${id}`,
          title: `Page ${id}`,
          rev_host: `elpmaxe.${1 + (id % 6)}etis.`,
        },
        ...{
          visit_count: visit?.count ?? 0,
          frecency: 100,
          last_visit_date: visit === undefined ? null : visit.last * 1000,
          guid: pen.hex(12),
        },
        ...{ url_hash: 47_356_000_000_000 + below(1e9), origin_id: 1 + (id % 6) },
      });
    }
    for (const [at, { ms, place }] of visits.entries())
      write('moz_historyvisits', {
        id: at + 1,
        from_visit: at % 5 === 0 ? 0 : at,
        place_id: place,
        visit_date: ms * 1000 + below(1000),
        visit_type: 1 + (at % 2),
        session: 0,
      });
    for (const [at, ms] of moments(24).entries()) {
      const folder = at < 6;
      write('moz_bookmarks', {
        ...{
          id: at + 1,
          type: folder ? 2 : 1,
          fk: folder ? null : 1 + below(places),
          parent: at === 0 ? 0 : folder ? 1 : 2 + (at % 5),
          position: at % 7,
        },
        ...{
          title: folder ? `folder ${at}` : `Bookmark ${at}`,
          dateAdded: ms * 1000,
          lastModified: ms * 1000 + 5_000_000,
          guid: pen.hex(12),
          syncStatus: 1,
        },
      });
    }
    for (let n = 0; n < 12; n++)
      write('moz_inputhistory', { place_id: n + 1, input: `pa${n}`, use_count: 1 + below(5) });
    write('moz_anno_attributes', { id: 1, name: 'downloads/destinationFileURI' });
    for (const ms of moments(10))
      write('moz_annos', {
        place_id: 1 + below(places),
        anno_attribute_id: 1,
        content: 'file:///tmp/x.pdf',
        expiration: 4,
        type: 3,
        dateAdded: ms * 1000,
        lastModified: ms * 1000,
      });
    for (const ms of moments(8))
      write('moz_bookmarks_deleted', { guid: pen.hex(12), dateRemoved: ms * 1000 });
    write('moz_keywords', { keyword: 'w', place_id: 1 });
    write('moz_meta', { key: 'sync/history/lastSync', value: '1748.5' });
    for (let n = 1; n <= 5; n++) write('moz_places_metadata_search_queries', { terms: `query ${n}` });
    for (const ms of moments(Math.ceil(rows / 4)))
      write('moz_places_metadata', {
        place_id: 1 + below(places),
        created_at: ms,
        updated_at: ms + below(600_000),
        total_view_time: below(90_000),
        document_type: 0,
      });
  },
};
