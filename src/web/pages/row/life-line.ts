import type { ExplainAnswer } from '../../../library/answers/finding/explain-answer.ts';
import { DAY_MS } from '../../../model/duration.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import { when } from '../../frame/when.ts';

type Place = ExplainAnswer['places'][number];

interface Stage {
  readonly name: string;
  readonly at: string | null;
  /** Why it is expected then; null for what has happened. */
  readonly expected: string | null;
  readonly tier: Place['tier'] | null;
}

const NEXT = {
  archive: { name: 'archived', tier: 'warm' },
  consolidate: { name: 'bundled with its month', tier: 'cold' },
  purge: { name: 'purged', tier: null },
} as const;

/** The life of a row in one place: what has happened, where it is now, what comes. */
export function lifeLine(place: Place, policy: ExplainAnswer['policy']): Markup {
  const stages = stagesOf(place, policy);
  return html`${picture(stages)}<ol class="life">${stages.map(
    ({ name, at, expected, tier }) =>
      html`<li class="${expected === null ? 'done' : 'to-come'}">${tier === null ? null : html`${tierBadge(tier)} `}${name} ${
        at === null
          ? html`<span class="faint">time unknown</span>`
          : html`${expected === null ? null : 'from '}${when(at)}`
      }${expected === null || expected === '' ? null : html` <span class="faint">${expected}</span>`}</li>`,
  )}</ol>`;
}

function stagesOf({ tier, time, since, next }: Place, policy: ExplainAnswer['policy']): Stage[] {
  const isHot = tier === 'hot';
  const begin = isHot ? 'created; it is in the database now' : 'created';
  const stages: Stage[] = [{ name: begin, at: time, expected: null, tier: isHot ? tier : null }];
  if (!isHot)
    stages.push({
      name: tier === 'warm' ? 'archived; it is here now' : 'archived; in the bundle of its month now',
      ...{ at: since, expected: null, tier },
    });
  if (next === null) return stages;
  stages.push({ ...NEXT[next.action], at: next.from, expected: next.rule });
  if (policy === null || time === null || next.action === 'purge') return stages;
  const later = (ms: Milliseconds): string => new Date(Date.parse(time) + ms + DAY_MS).toISOString();
  const { hot_ms, warm_ms, cold_ms } = policy;
  if (next.action === 'archive' && warm_ms > 0 && cold_ms > 0)
    stages.push({ ...NEXT.consolidate, at: later(hot_ms + warm_ms), expected: 'about then, by the policy' });
  stages.push({
    ...NEXT.purge,
    at: later(hot_ms + warm_ms + cold_ms),
    expected: 'about then, by the policy',
  });
  return stages;
}

const WIDTH = 600;

/** The same as a line; it says nothing that the list does not. */
function picture(stages: readonly Stage[]): Markup {
  const step = WIDTH / Math.max(1, stages.length);
  const x = (at: number): number => Math.round(step * (at + 0.5));
  const now = stages.findLastIndex(({ expected }) => expected === null);
  return html`<svg class="life-line" viewBox="0 0 ${WIDTH} 24" aria-hidden="true"><line class="to-come" x1="${x(0)}" y1="12" x2="${x(stages.length - 1)}" y2="12"/><line class="done" x1="${x(0)}" y1="12" x2="${x(now)}" y2="12"/>${stages.map(
    ({ tier, expected }, at) =>
      html`<circle class="${tier ?? 'end'} ${expected === null ? 'done' : 'to-come'}" cx="${x(at)}" cy="12" r="${at === now ? 9 : 6}"/>`,
  )}</svg>`;
}
