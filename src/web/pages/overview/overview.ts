import type { PoliciesAnswer } from '../../../library/answers/retention/policies-answer.ts';
import type { RetentionStatsAnswer } from '../../../library/answers/retention/retention-stats-answer.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html } from '../../frame/markup.ts';
import type { StreamedPage } from '../../frame/page.ts';
import { healthSentence } from './health-sentence.ts';
import { jobTable } from './jobs.ts';
import { sizeCards } from './size-cards.ts';
import { tableStrips } from './tables.ts';

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
    const status = (await answers.status).json as StatusAnswer | null;
    if (status === null) return;
    yield healthSentence(status, site);
    const stats = (await answers.stats).json as RetentionStatsAnswer | null;
    const policies = ((await answers.policies).json ?? {}) as PoliciesAnswer;
    yield html`${sizeCards(status, stats)}${tableStrips(status.tables, policies, stats)}${jobTable(status)}`;
  },
};
