import type { ProgramFacts } from '../program-facts.ts';

export const homeAssistant: ProgramFacts = {
  name: 'Home Assistant (recorder)',
  versions: '2023.4 to 2025.x',
  recipe: 'home-assistant',
  marks: {
    states: ['last_updated_ts', 'old_state_id', 'attributes_id', 'metadata_id'],
    states_meta: ['entity_id'],
    recorder_runs: ['closed_incorrect'],
  },
  tables: {
    states: {
      ...{ hot: '7d', warm: '90d', cold: '5y', time_column: 'last_updated_ts' },
      ...{ lookup_keys: ['metadata_id'], references: 'ignore' },
    },
    events: {
      hot: '7d',
      warm: '90d',
      cold: '2y',
      time_column: 'time_fired_ts',
      lookup_keys: ['event_type_id', 'data_id'],
    },
  },
  left: {
    statistics: 'the energy dashboard and long-term charts show its rows',
    statistics_short_term: 'Home Assistant computes statistics from it, and deletes older rows',
    statistics_runs: 'Home Assistant deletes its old rows',
    recorder_runs: 'Home Assistant deletes its old rows',
  },
  notes: [
    'Stop Home Assistant during each run: it remembers the last state of each entity, to which the next state refers.',
    'Keep hot shorter than purge_keep_days of the recorder (10 days by default), which deletes rows.',
    'Each state refers to the one before it, so these references are ignored; docs/recipes/home-assistant.md has the statement that clears them.',
  ],
};
