import type { ProgramFacts } from '../program-facts.ts';

export const mlflow: ProgramFacts = {
  name: 'MLflow',
  versions: '1.0 to 3.4',
  recipe: 'mlflow',
  marks: {
    runs: ['run_uuid', 'experiment_id', 'lifecycle_stage'],
    metrics: ['key', 'value', 'timestamp', 'run_uuid', 'step', 'is_nan'],
    experiments: ['lifecycle_stage'],
  },
  tables: {
    metrics: { hot: '180d', warm: '90d', cold: '5y', time_column: 'timestamp', lookup_keys: ['run_uuid'] },
    trace_info: {
      hot: '90d',
      warm: '90d',
      cold: '2y',
      time_column: 'timestamp_ms',
      lookup_keys: ['experiment_id'],
    },
    trace_tags: { with: 'trace_info', by: 'request_id' },
    trace_request_metadata: { with: 'trace_info', by: 'request_id' },
    spans: { with: 'trace_info', by: 'trace_id' },
    assessments: { with: 'trace_info', by: 'trace_id' },
  },
  left: {
    runs: 'the list of runs shows its rows, with parameters, tags and the last value of each metric',
    params: 'its rows describe runs',
    tags: 'its rows describe runs',
    latest_metrics: 'its rows describe runs',
    experiments: 'runs refer to it',
  },
  notes: [
    'The chart of a run whose metrics were archived is empty; its last values stay. firn restore brings them back.',
  ],
};
