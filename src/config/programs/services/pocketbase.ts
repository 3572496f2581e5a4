import type { ProgramFacts } from '../program-facts.ts';

export const pocketBase: ProgramFacts = {
  name: 'PocketBase (logs)',
  versions: '0.19 to 0.36',
  recipe: 'pocketbase',
  marks: { _logs: ['level', 'message', 'data', 'created'] },
  tables: { _logs: { hot: '3d', warm: '30d', cold: '1y', time_column: 'created' } },
  left: { _params: 'it holds the settings of PocketBase' },
  notes: [
    'Keep hot shorter than "Max days retention" in the log settings of PocketBase (5 days by default), which deletes rows.',
  ],
};
