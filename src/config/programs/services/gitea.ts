import type { ProgramFacts } from '../program-facts.ts';

export const gitea: ProgramFacts = {
  name: 'Gitea or Forgejo',
  versions: 'Gitea 1.13 to 1.24, Forgejo 7 to 12',
  recipe: 'gitea',
  marks: {
    action: ['act_user_id', 'op_type', 'ref_name', 'created_unix'],
    repository: ['owner_id', 'lower_name'],
    issue: ['repo_id', 'poster_id'],
  },
  tables: {
    action: {
      ...{ hot: '1y', warm: '90d', cold: '5y', time_column: 'created_unix' },
      lookup_keys: ['user_id', 'act_user_id', 'repo_id'],
    },
  },
  left: {
    comment: 'the pages of issues show its rows',
    issue: 'comments refer to it',
    notification: 'it holds one row for each issue that a user watches',
    repository: 'everything refers to it',
  },
  notes: ['The activity page and the contribution graph (one year) of Gitea show rows of the hot time only.'],
};
