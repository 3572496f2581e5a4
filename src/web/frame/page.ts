import type { Hono } from 'hono';
import { type Answer, answerOf } from '../command-answer.ts';
import { commandBox } from './command-box.ts';
import { wholeDocument } from './document.ts';
import { html, type Markup } from './markup.ts';
import { problemBox } from './problem-box.ts';
import type { Site } from './site.ts';
import { twinOf } from './twin.ts';
import { goneSignal } from './when-gone.ts';

/** What a browser asked a page for. */
export interface PageRequest {
  readonly query: URLSearchParams;
  readonly site: Site;
}

/** A page whose whole answer is small: it is rendered when its commands have answered. */
export interface Page<Part extends string> {
  readonly path: string;
  readonly title: string;
  /** The commands whose answers it shows, by part; the first is the page's JSON twin. Null is a part that this request does not need. */
  commands(request: PageRequest): Readonly<Record<Part, readonly string[] | null>>;
  /** `json` of a part is null when its command failed, which the page has said already. */
  render(answers: Readonly<Record<Part, Answer>>, request: PageRequest): Markup;
}

const NOT_ASKED: Answer = { argv: [], json: null, status: 0, stderr: '' };

/** Serves a page and its JSON twin. */
export function servePage<Part extends string>(app: Hono, site: Site, page: Page<Part>): void {
  app.get(page.path, async (context) => {
    const request: PageRequest = { query: new URL(context.req.url).searchParams, site };
    const asked = Object.entries(page.commands(request)) as [Part, readonly string[] | null][];
    const gone = goneSignal(context);
    const answered = await Promise.all(
      asked.map(
        async ([part, argv]): Promise<[Part, Answer]> => [
          part,
          argv === null ? NOT_ASKED : await answerOf(site.runner, argv, gone),
        ],
      ),
    );
    const answers = Object.fromEntries(answered) as Record<Part, Answer>;
    return context.html(
      wholeDocument(
        { title: page.title, path: page.path, site },
        html`${answered.map(([, answer]) =>
          answer === NOT_ASKED ? null : problemBox(answer),
        )}${page.render(answers, request)}
<section class="commands" aria-label="The same on the command line">${answered.map(([part, { argv }]) =>
          argv.length === 0 ? null : commandBox(site, argv, twinAddress(page.path, request.query, part)),
        )}</section>`,
      ),
    );
  });
  app.get(twinPath(page.path), async (context) => {
    const query = new URL(context.req.url).searchParams;
    const commands = page.commands({ query, site }) as Readonly<Record<string, readonly string[] | null>>;
    const part = query.get('part');
    const argv = part === null ? Object.values(commands).find((one) => one !== null) : commands[part];
    if (argv === undefined || argv === null) return context.json({ error: 'no such part' }, 404);
    return twinOf(context, site, argv);
  });
}

function twinPath(path: string): string {
  return path === '/' ? '/overview.json' : `${path}.json`;
}

function twinAddress(path: string, query: URLSearchParams, part: string): string {
  const asked = new URLSearchParams(query);
  asked.set('part', part);
  return `${twinPath(path)}?${asked}`;
}
