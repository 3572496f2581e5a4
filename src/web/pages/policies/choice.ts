import type { PoliciesAnswer } from '../../../library/answers/retention/policies-answer.ts';
import { html, type Markup, options } from '../../frame/markup.ts';

export const TIMES = ['hot', 'warm', 'cold'] as const;
export type Time = (typeof TIMES)[number];

/** What a person tries: a table and times as the command line takes them; an empty time stays as it is. */
export interface Choice {
  readonly table: string;
  readonly times: Readonly<Record<Time, string>>;
}

export function choiceOf(query: URLSearchParams): Choice {
  const time = (name: Time): string => (query.get(name) ?? '').trim();
  return {
    table: query.get('table') ?? '',
    times: { hot: time('hot'), warm: time('warm'), cold: time('cold') },
  };
}

/** The fields; with script their effect is shown at once. */
export function choiceForm({ table, times }: Choice, inForce: PoliciesAnswer): Markup {
  const now = inForce[table];
  const days = { hot: now?.hot_days, warm: now?.warm_days, cold: now?.cold_days };
  return html`<form class="fields" method="get" action="/policies#effect" data-live="effect">
<label>Table <select name="table"><option value="">choose a table</option>${options(Object.keys(inForce), table)}</select></label>
${TIMES.map(
  (time) =>
    html`<label>${time} <input name="${time}" value="${times[time]}" size="8" placeholder="${days[time] === undefined ? '30d' : `${days[time]}d`}" pattern="\\s*[0-9]+[dwmyDWMY]\\s*" title="A number and d, w, m (30 days) or y (365 days)"></label>`,
)}
<button>Show the effect</button></form>`;
}
