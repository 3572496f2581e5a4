import type { PlanAnswer } from '../../../library/answers/moving/plan-answer.ts';
import type { PoliciesAnswer } from '../../../library/answers/retention/policies-answer.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { type Choice, choiceForm, choiceOf } from './choice.ts';
import { effects } from './effects.ts';

/** The policies in force, and what other times would do. */
export const policies: Page<'policies' | 'plan'> = {
  path: '/policies',
  title: 'Policies',
  commands: ({ query }) => ({
    policies: ['retention', 'policy', '--json'],
    plan: planCommand(choiceOf(query)),
  }),
  render(answers, { query }): Markup {
    const inForce = answers.policies.json as PoliciesAnswer | null;
    if (inForce === null) return html``;
    const choice = choiceOf(query);
    const plan = answers.plan.json as PlanAnswer | null;
    return html`${inForceTable(inForce)}
<h2>What if</h2><p class="faint">Other times for one table, and what they would do. Nothing is changed.</p>
${choiceForm(choice, inForce)}
<div id="effect" aria-live="polite">${plan === null ? null : effects(plan, choice)}</div>`;
  },
};

function planCommand({ table, times }: Choice): string[] | null {
  const given = Object.entries(times).flatMap(([tier, time]) => (time === '' ? [] : [`--${tier}=${time}`]));
  if (table === '' || given.length === 0) return null;
  return ['plan', '--json', ...given, '--', table];
}

function inForceTable(inForce: PoliciesAnswer): Markup {
  return scrolling(
    'Policies in force',
    html`<table><caption>In force</caption><thead><tr><th>Table</th><th class="number">Hot</th><th class="number">Warm</th><th class="number">Cold</th><th>Time column</th><th>Rules</th><th></th></tr></thead>
<tbody>${Object.entries(inForce).map(
      ([table, policy]) => html`<tr><th scope="row">${table}</th>
<td class="number">${policy.hot_days} d</td><td class="number">${policy.warm_days} d</td><td class="number">${policy.cold_days} d</td>
<td>${policy.timestamp_column}</td><td class="small">${rulesOf(policy).join('; ') || '–'}</td>
<td><a href="/policies?${String(new URLSearchParams({ table, hot: `${policy.hot_days}d` }))}#effect">What if</a></td></tr>`,
    )}</tbody></table>`,
  );
}

function rulesOf(policy: PoliciesAnswer[string]): string[] {
  return [
    policy.group === null ? '' : `group ${policy.group}`,
    policy.open_while === null ? '' : `stays while ${policy.open_while}`,
    policy.span === 'day' ? '' : `one file a ${policy.span}`,
    policy.keep_last === 0 ? '' : `the newest ${policy.keep_last} rows stay`,
    policy.with == null ? '' : `leaves with ${policy.with}`,
    policy.references === 'keep' ? 'referenced rows stay' : '',
  ].filter((rule) => rule !== '');
}
