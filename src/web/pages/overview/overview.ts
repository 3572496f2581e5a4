import { html } from '../../frame/markup.ts';
import type { StreamedPage } from '../../frame/page.ts';
import type { PoliciesJson } from '../policies/policies-json.ts';
import { healthSentence, type StatusJson } from './health-sentence.ts';
import { jobTable } from './jobs.ts';
import { sizeCards } from './size-cards.ts';
import { type StatsJson, tableStrips } from './tables.ts';

/** Health, what to do about it, each table's days by tier, sizes and jobs. */
export const overview: StreamedPage<'status' | 'stats' | 'policies'> = {
  path: '/',
  title: 'Overview',
  commands: () => ({
    status: ['status', '--json'],
    stats: ['retention', 'stats', '--json'],
    policies: ['retention', 'policy', '--json'],
  }),
  async *sections(answers, { site }) {
    const status = (await answers.status).json as StatusJson | null;
    if (status === null) return;
    yield healthSentence(status, site);
    const stats = (await answers.stats).json as StatsJson | null;
    const policies = ((await answers.policies).json ?? {}) as PoliciesJson;
    yield html`${sizeCards(status, stats)}${tableStrips(status.tables, policies, stats)}${jobTable(status)}`;
  },
};
