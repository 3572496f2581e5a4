import type { ProgramFacts } from '../program-facts.ts';

const OF_EXECUTION = { with: 'execution_entity', by: 'executionId' };

export const n8n: ProgramFacts = {
  name: 'n8n',
  versions: '1.0 to 2.x',
  recipe: 'n8n',
  marks: {
    execution_entity: ['workflowId', 'finished', 'waitTill', 'status', 'createdAt'],
    execution_data: ['executionId', 'data'],
    workflow_entity: ['nodes'],
  },
  tables: {
    execution_entity: {
      ...{ hot: '7d', warm: '90d', cold: '1y', time_column: 'createdAt', lookup_keys: ['workflowId'] },
      open_while: "status IN ('new', 'running', 'waiting', 'unknown')",
      open_until: 'never',
    },
    execution_data: OF_EXECUTION,
    execution_metadata: OF_EXECUTION,
  },
  left: {
    workflow_entity: 'executions refer to it',
    workflow_history: 'the history of a workflow shows its rows; n8n deletes old ones',
    credentials_entity: 'workflows refer to it',
    project: 'everything refers to it',
  },
  notes: [
    'Keep hot shorter than EXECUTIONS_DATA_MAX_AGE of n8n (336 hours by default), which deletes executions.',
  ],
};
