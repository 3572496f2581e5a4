import type { ProgramFacts } from '../program-facts.ts';

const OF_SESSION = { with: 'session', by: 'session_id' };

export const opencode: ProgramFacts = {
  name: 'opencode',
  versions: '1.2 and newer',
  recipe: 'opencode',
  marks: {
    session: ['project_id', 'slug', 'directory', 'time_updated'],
    message: ['session_id', 'time_created', 'data'],
    part: ['message_id', 'session_id', 'data'],
  },
  tables: {
    session: {
      ...{ hot: '30d', warm: '90d', cold: '2y', time_column: 'time_updated' },
      lookup_keys: ['project_id', 'parent_id'],
    },
    message: OF_SESSION,
    part: { with: 'message', by: 'message_id' },
    todo: OF_SESSION,
    session_message: OF_SESSION,
    session_share: OF_SESSION,
  },
  left: { project: 'sessions refer to it', permission: 'it holds the permissions of each project' },
  notes: ['The age of a session counts from its last change. Archived sessions leave the list of sessions.'],
};
