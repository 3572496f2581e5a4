import { html, type Markup, options, trusted } from '../../frame/markup.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A plot of two columns of the result: the first numbers or times against the last numbers, or what the person chose. */
export function plotOf(columns: readonly string[], rows: Rows, query: URLSearchParams): Markup | null {
  const numeric = columns.filter((name) => rows.some((row) => numberOf(row[name]) !== null));
  const across = columns.filter((name) => rows.every((row) => axisOf(row[name]) !== null));
  const y = chosen(query.get('y'), numeric) ?? numeric.at(-1);
  const x = chosen(query.get('x'), across) ?? across.find((name) => name !== y);
  if (rows.length < 2 || x === undefined || y === undefined) return null;
  const points = rows
    .map((row) => [axisOf(row[x])!, numberOf(row[y])] as const)
    .sort(([one], [other]) => one - other);
  const plot = {
    x: { label: x, time: rows.some((row) => typeof row[x] === 'string'), values: points.map(([at]) => at) },
    series: [{ label: y, values: points.map(([, value]) => value) }],
    kind: points.length > 60 ? 'line' : 'bars',
  };
  return html`<h2>Plot</h2><form class="fields" method="get" action="/sql"><input type="hidden" name="q" value="${query.get('q')}">
<label>across <select name="x">${options(across, x)}</select></label><label>up <select name="y">${options(numeric, y)}</select></label><button>Plot</button></form>
<figure class="plot" data-plot data-height="260" aria-label="${y} against ${x}"><script type="application/json">${asData(plot)}</script></figure>`;
}

function chosen(name: string | null, names: readonly string[]): string | undefined {
  return names.find((one) => one === name);
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}(?:\.\d+)?$/.test(value) ? Number(value) : null;
}

/** Seconds since 1970 of a text that is a time, or a number. */
function axisOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return numberOf(value);
  const ms = Date.parse(/\d$/.test(value) && value.length > 10 ? `${value.replace(' ', 'T')}Z` : value);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** JSON inside a script element: nothing in it can end the element. */
export function asData(value: unknown): Markup {
  return trusted(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
