import { escaped } from '../site/escaped-markup.ts';
import type { Frame } from './film.ts';
import type { TerminalSize } from './record-command.ts';
import type { Run } from './screen.ts';

const [CELL, LINE, EDGE, FONT] = [8.4, 19, 16, 14];
const [INK, PAPER] = ['#d8dee9', '#10141c'];
// The terminal's black, red, green, yellow, blue, magenta, cyan and white, and the same again bright.
const COLOURS = [
  ...['#3b4252', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76d7e6', '#d8dee9'],
  ...['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#d2a8ff', '#a5f0fa', '#ffffff'],
];

/**
 * A film as one SVG without script: the frames stand side by side, and the strip moves on by whole widths. Where nothing may move, and in
 * print, the last frame is shown.
 */
export function filmAsSvg(frames: readonly Frame[], size: TerminalSize, title: string): string {
  const [width, height] = [size.columns * CELL + 2 * EDGE, size.rows * LINE + 2 * EDGE];
  const lines = new Map<string, number>();
  const strip = frames.map(({ picture }, index) => {
    const uses = picture.flatMap((runs, row) => {
      if (runs.length === 0) return [];
      const text = runs.map(runAsSvg).join('');
      if (!lines.has(text)) lines.set(text, lines.size);
      return [`<use href="#l${lines.get(text)}" y="${row * LINE}"/>`];
    });
    return `<g transform="translate(${round(index * width)} 0)">${uses.join('')}</g>`;
  });
  const whole = frames.reduce((sum, { shown }) => sum + shown, 0);
  let begun = 0;
  const steps = frames.map(({ shown }, index) => {
    const step = `${round((begun / whole) * 100)}%{transform:translateX(${round(-index * width)}px)}`;
    begun += shown;
    return step;
  });
  const last = round(-(frames.length - 1) * width);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${INK};white-space:pre}
.b{font-weight:700}.d{opacity:.6}
.strip{transform:translateX(${last}px)}
@media screen and (prefers-reduced-motion:no-preference){.strip{animation:film ${round(whole / 1000)}s step-end infinite}}
@keyframes film{${steps.join('')}}
</style>
<defs>${[...lines].map(([text, id]) => `<g id="l${id}">${text}</g>`).join('\n')}</defs>
<rect width="100%" height="100%" rx="10" fill="${PAPER}"/>
<svg x="${EDGE}" y="${EDGE}" width="${round(width - 2 * EDGE)}" height="${height - 2 * EDGE}"><g class="strip">
${strip.join('\n')}
</g></svg>
</svg>
`;
}

function runAsSvg({ column, text, colour, bold, dim }: Run): string {
  const look = [bold && 'b', dim && 'd'].filter(Boolean).join(' ');
  const inner = text.trimStart();
  const from = column + (text.length - inner.length);
  const attributes = [
    `x="${round(from * CELL)}"`,
    `y="${FONT}"`,
    `textLength="${round([...inner].length * CELL)}"`,
    'lengthAdjust="spacingAndGlyphs"',
    ...(look === '' ? [] : [`class="${look}"`]),
    ...(colour === null ? [] : [`fill="${COLOURS[colour] ?? INK}" style="fill:${COLOURS[colour] ?? INK}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escaped(inner)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
