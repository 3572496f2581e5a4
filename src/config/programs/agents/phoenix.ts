import type { ProgramFacts } from '../program-facts.ts';

export const phoenix: ProgramFacts = {
  name: 'Arize Phoenix',
  versions: '8 to 12',
  recipe: 'phoenix',
  marks: {
    traces: ['trace_id', 'project_rowid', 'start_time'],
    spans: ['trace_rowid', 'span_kind', 'attributes'],
    projects: ['gradient_start_color'],
  },
  tables: {
    traces: {
      ...{ hot: '30d', warm: '90d', cold: '2y', time_column: 'start_time' },
      lookup_keys: ['trace_id', 'project_rowid', 'project_session_rowid'],
    },
    spans: { with: 'traces', by: 'trace_rowid' },
    trace_annotations: { with: 'traces', by: 'trace_rowid' },
    span_annotations: { with: 'spans', by: 'span_rowid' },
    document_annotations: { with: 'spans', by: 'span_rowid' },
    span_costs: { with: 'spans', by: 'span_rowid' },
    span_cost_details: { with: 'span_costs', by: 'span_cost_id' },
    project_sessions: {
      hot: '60d',
      warm: '90d',
      cold: '2y',
      time_column: 'start_time',
      lookup_keys: ['session_id', 'project_id'],
    },
  },
  left: { projects: 'traces refer to it', users: 'it holds accounts' },
  notes: ['A trace to which a dataset or an experiment refers stays in the database, with its spans.'],
};
