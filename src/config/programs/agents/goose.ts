import type { ProgramFacts } from '../program-facts.ts';

export const goose: ProgramFacts = {
  name: 'goose',
  versions: '1.10 to 1.16',
  recipe: 'goose',
  marks: {
    sessions: ['working_dir', 'updated_at', 'recipe_json'],
    messages: ['session_id', 'content_json', 'created_timestamp'],
  },
  tables: {
    sessions: { hot: '30d', warm: '90d', cold: '2y', time_column: 'updated_at' },
    messages: { with: 'sessions', by: 'session_id' },
  },
  left: {},
  notes: [
    'The age of a session counts from its last change. goose session list does not show archived sessions.',
  ],
};
