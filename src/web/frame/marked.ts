import { foldText } from '../../model/filter.ts';
import { html, type Markup } from './markup.ts';

/** A text with the sought texts in it marked, compared as `~` compares; of a long one about `room` characters around the first. */
export function marked(text: string, sought: readonly string[], room: number): Markup {
  const needles = sought.filter((needle) => needle !== '').map(foldText);
  const first = Math.min(...needles.map((needle) => foldText(text).indexOf(needle)).filter((at) => at >= 0));
  const start = Number.isFinite(first) && first > room / 2 ? wholeSign(text, first - 20) : 0;
  const end = wholeSign(text, start + room);
  const shown = text.slice(start, end);
  return html`${start > 0 ? '…' : ''}${markedParts(shown, needles)}${end < text.length ? '…' : ''}`;
}

/** Not between the two halves of a sign. */
function wholeSign(text: string, at: number): number {
  return /^[\udc00-\udfff]/.test(text.charAt(at)) ? at + 1 : at;
}

function markedParts(text: string, needles: readonly string[]): Markup[] {
  const folded = foldText(text);
  const parts: Markup[] = [];
  let done = 0;
  for (;;) {
    let [at, length] = [-1, 0];
    for (const needle of needles) {
      const found = folded.indexOf(needle, done);
      if (found >= 0 && (at < 0 || found < at || (found === at && needle.length > length)))
        [at, length] = [found, needle.length];
    }
    if (at < 0) break;
    parts.push(html`${text.slice(done, at)}<mark>${text.slice(at, at + length)}</mark>`);
    done = at + length;
  }
  return [...parts, html`${text.slice(done)}`];
}
