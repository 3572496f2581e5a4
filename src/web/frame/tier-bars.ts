import { formatCount, plural } from '../../operate/amounts.ts';
import { html, type Markup } from './markup.ts';

export const TIERS = ['hot', 'warm', 'cold'] as const;
export type Tier = (typeof TIERS)[number];

/** One bar: what it stands for, and how many rows of each tier it has. */
export interface TierBar extends Readonly<Record<Tier, number>> {
  /** A day, a month or another span, as people read it. */
  readonly label: string;
  /** Where the bar leads; null for nowhere. */
  readonly href: string | null;
}

const STEP = 10;
const WIDTH = 8;
const HEIGHT = 40;

/**
 * Rows over time by tier, as bars that need no script: each has a title, and leads on where it can. Without a `title` of its own the
 * picture is described by `label`.
 */
export function tierBars(bars: readonly TierBar[], label: string, size: '' | 'tall' = ''): Markup {
  const highest = Math.max(1, ...bars.map(sum));
  return html`<svg class="bars ${size}" viewBox="0 0 ${Math.max(1, bars.length) * STEP} ${HEIGHT + 1}" preserveAspectRatio="none" role="${
    bars.some(({ href }) => href !== null) ? 'group' : 'img'
  }" aria-label="${label}">${bars.map((bar, at) => oneBar(bar, at, highest))}</svg>`;
}

function oneBar(bar: TierBar, at: number, highest: number): Markup {
  const x = at * STEP + (STEP - WIDTH) / 2;
  let y = HEIGHT;
  const parts = ([...TIERS].reverse() as Tier[]).map((tier) => {
    if (bar[tier] === 0) return null;
    const height = Math.max(0.6, (bar[tier] / highest) * HEIGHT);
    y -= height;
    return html`<rect class="${tier}" x="${x}" y="${round(y)}" width="${WIDTH}" height="${round(height)}"/>`;
  });
  const told = `${bar.label}: ${plural(sum(bar), 'row')}${details(bar)}`;
  const drawn = html`<title>${told}</title><rect class="base" x="${x}" y="${HEIGHT}" width="${WIDTH}" height="1"/>${parts}`;
  return bar.href === null
    ? html`<g>${drawn}</g>`
    : html`<a href="${bar.href}" aria-label="${told}">${drawn}</a>`;
}

function sum(bar: TierBar): number {
  return bar.hot + bar.warm + bar.cold;
}

function details(bar: TierBar): string {
  const parts = TIERS.filter((tier) => bar[tier] > 0).map((tier) => `${formatCount(bar[tier])} ${tier}`);
  return parts.length < 2
    ? parts.map((part) => ` (${part.split(' ')[1]})`).join('')
    : ` (${parts.join(', ')})`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function tierLegend(): Markup {
  return html`<ul class="legend">${TIERS.map((tier) => html`<li><i class="${tier}"></i>${tier}</li>`)}</ul>`;
}

export function tierBadge(tier: string): Markup {
  return html`<span class="tier ${tier}">${tier}</span>`;
}
