import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import type { PoliciesJson } from '../policies/policies-json.ts';
import { healthSentence, type StatusJson } from './health-sentence.ts';
import { jobTable } from './jobs.ts';
import { sizeCards } from './size-cards.ts';
import { type StatsJson, tableStrips } from './tables.ts';

/** Health, what to do about it, each table's days by tier, sizes and jobs. */
export const overview: Page<'status' | 'stats' | 'policies'> = {
  path: '/',
  title: 'Overview',
  commands: () => ({
    status: ['status', '--json'],
    stats: ['retention', 'stats', '--json'],
    policies: ['retention', 'policy', '--json'],
  }),
  render(answers, { site }): Markup {
    const status = answers.status.json as StatusJson | null;
    const stats = answers.stats.json as StatsJson | null;
    const policies = (answers.policies.json ?? {}) as PoliciesJson;
    return html`${status === null ? null : healthSentence(status, site)}${
      status === null ? null : sizeCards(status, stats)
    }${status === null ? null : tableStrips(status.tables, policies, stats)}${status === null ? null : jobTable(status)}`;
  },
};
