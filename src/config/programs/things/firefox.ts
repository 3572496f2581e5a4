import type { ProgramFacts } from '../program-facts.ts';

export const firefox: ProgramFacts = {
  name: 'Firefox (places)',
  versions: '62 to 145',
  recipe: 'firefox',
  marks: {
    moz_places: ['url', 'frecency', 'url_hash'],
    moz_historyvisits: ['from_visit', 'place_id', 'visit_date'],
    moz_bookmarks: ['guid'],
  },
  tables: {
    moz_historyvisits: {
      hot: '180d',
      warm: '90d',
      cold: '10y',
      time_column: 'visit_date',
      lookup_keys: ['place_id'],
    },
    moz_places_metadata: {
      hot: '180d',
      warm: '90d',
      cold: '10y',
      time_column: 'created_at',
      lookup_keys: ['place_id'],
    },
  },
  left: {
    moz_places: 'visits and bookmarks refer to it',
    moz_bookmarks: 'these are the bookmarks',
    moz_bookmarks_deleted: 'Firefox Sync reads and empties it',
    moz_annos: 'Firefox keeps its rows with their pages',
  },
  notes: [
    'Close Firefox before each run: it locks the file, and its TEMP triggers that count visits exist only inside Firefox.',
    'Firefox deletes pages without visits. The address of an archived visit is then no longer in moz_places.',
  ],
};
