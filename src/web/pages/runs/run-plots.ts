import type { RunAnswer } from '../../../library/answers/running/history-answer.ts';
import { html, type Markup, trusted } from '../../frame/markup.ts';

/** Duration and throughput over time. The table says the same without script. */
export function runPlots(runs: readonly RunAnswer[]): Markup | null {
  const ended = runs.filter(({ duration_ms }) => duration_ms !== null).toReversed();
  const moving = ended.filter(({ records }) => (records ?? 0) > 0);
  if (ended.length < 2) return null;
  return html`<section aria-label="Durations and throughput">${plot(
    'Duration in seconds',
    ended,
    '--warm',
    ({ duration_ms }) => (duration_ms ?? 0) / 1000,
  )}${
    moving.length < 2
      ? null
      : plot('Rows a second', moving, '--cold', ({ rows_per_second }) => rows_per_second ?? 0)
  }</section>`;
}

function plot(
  label: string,
  runs: readonly RunAnswer[],
  colour: string,
  figureOf: (run: RunAnswer) => number,
): Markup {
  const drawn = {
    x: { label: 'Started', time: true, values: runs.map(({ started_at }) => Date.parse(started_at) / 1000) },
    series: [{ label, colour, values: runs.map(figureOf) }],
    kind: 'points',
  };
  return html`<figure data-plot data-height="180"><figcaption>${label}</figcaption><script type="application/json">${scriptJson(drawn)}</script><noscript class="faint small">Drawn with script. The table shows the same.</noscript></figure>`;
}

/** JSON inside a script element, which no text in it can end. */
function scriptJson(value: object): Markup {
  return trusted(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
