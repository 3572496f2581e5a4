import type { ProgramFacts } from '../program-facts.ts';

const OF_RESPONSE = { with: 'responses', by: 'response_id' };

export const llm: ProgramFacts = {
  name: 'llm (logs.db)',
  versions: '0.13 to 0.31',
  recipe: 'llm',
  marks: {
    responses: ['prompt', 'response', 'conversation_id', 'datetime_utc', 'duration_ms'],
    conversations: ['model'],
  },
  tables: {
    responses: {
      ...{ hot: '90d', warm: '90d', cold: '10y', time_column: 'datetime_utc' },
      ...{ lookup_keys: ['conversation_id'], triggers: 'allow' },
    },
    prompt_attachments: OF_RESPONSE,
    prompt_fragments: OF_RESPONSE,
    system_fragments: OF_RESPONSE,
    tool_calls: OF_RESPONSE,
    tool_results: OF_RESPONSE,
    tool_responses: OF_RESPONSE,
  },
  left: { fragments: 'prompts refer to its rows again and again' },
  notes: [
    'The triggers of responses keep the full-text index of llm in step, so they must run: triggers: allow.',
    'llm logs -c ID and llm -c do not show archived responses.',
  ],
};
