import type { ProgramFacts } from '../program-facts.ts';

export const openWebui: ProgramFacts = {
  name: 'Open WebUI',
  versions: '0.6.30 to 0.8',
  recipe: 'open-webui',
  marks: {
    chat: ['user_id', 'title', 'updated_at', 'share_id'],
    chat_message: ['chat_id', 'role', 'parent_id'],
  },
  tables: {
    chat: { hot: '1y', warm: '90d', cold: '5y', time_column: 'updated_at', lookup_keys: ['user_id'] },
    chat_message: { with: 'chat', by: 'chat_id' },
    chat_file: { with: 'chat', by: 'chat_id' },
  },
  left: {
    message: 'channels show its rows',
    message_reaction: 'channels show its rows',
    channel: 'messages refer to it',
    file: 'chats and knowledge refer to it',
    user: 'everything refers to it',
    config: 'it holds the settings of Open WebUI',
  },
  notes: [
    'The age of a chat counts from its last change, so a chat in use stays whole. Archived chats leave the sidebar and the search.',
  ],
};
