import type { ProgramFacts } from '../program-facts.ts';

export const grafana: ProgramFacts = {
  name: 'Grafana',
  versions: '7 to 12',
  recipe: 'grafana',
  marks: {
    annotation: ['org_id', 'epoch', 'epoch_end', 'prev_state', 'new_state'],
    dashboard: ['slug', 'uid'],
  },
  tables: {
    annotation: {
      hot: '90d',
      warm: '90d',
      cold: '3y',
      time_column: 'epoch',
      lookup_keys: ['dashboard_id', 'alert_id'],
    },
    annotation_tag: { with: 'annotation', by: 'annotation_id' },
    login_attempt: { hot: '30d', warm: '90d', cold: '1y', time_column: 'created' },
  },
  left: {
    dashboard_version: 'the history of a dashboard shows its rows; Grafana keeps 20 of each dashboard',
    org: 'everything refers to it',
    dashboard: 'annotations refer to it',
  },
  notes: [
    'A dashboard shows annotations of the hot time only. Archive longer times than your dashboards show.',
  ],
};
