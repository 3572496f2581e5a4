import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { healthSentence, type StatusJson } from './health-sentence.ts';
import { jobTable } from './jobs.ts';
import { sizeCards } from './size-cards.ts';
import { type RetentionJson, type StatsJson, tableStrips } from './tables.ts';

/** Health, what to do about it, each table's days by tier, sizes and jobs. */
export const overview: Page<'status' | 'retention' | 'stats'> = {
  path: '/',
  title: 'Overview',
  commands: () => ({
    status: ['status', '--json'],
    retention: ['retention', 'status', '--json'],
    stats: ['retention', 'stats', '--json'],
  }),
  render(answers, { site }): Markup {
    const status = answers.status.json as StatusJson | null;
    const stats = answers.stats.json as StatsJson | null;
    const retention = answers.retention.json as RetentionJson | null;
    return html`${status === null ? null : healthSentence(status, site)}${
      status === null ? null : sizeCards(status, stats)
    }${retention === null ? null : tableStrips(retention, stats)}${status === null ? null : jobTable(status)}`;
  },
};
