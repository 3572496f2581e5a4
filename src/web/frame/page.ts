import type { Context, Hono } from 'hono';
import { type Answer, answerOf } from '../command-answer.ts';
import { commandBox } from './command-box.ts';
import { documentEnd, documentStart, wholeDocument } from './document.ts';
import { html, type Markup } from './markup.ts';
import { problemBox } from './problem-box.ts';
import type { Site } from './site.ts';
import { streamedHtml } from './streamed-html.ts';
import { twinOf } from './twin.ts';
import { goneSignal } from './when-gone.ts';

/** What a browser asked a page for. */
export interface PageRequest {
  readonly query: URLSearchParams;
  readonly site: Site;
}

/** What a page is made of: commands, and where their answers are shown. */
interface CommandPage<Part extends string> {
  readonly path: string;
  readonly title: string;
  /** The commands whose answers it shows, by part; the first is the page's JSON twin. Null is a part that this request does not need. */
  commands(request: PageRequest): Readonly<Record<Part, readonly string[] | null>>;
}

/** A page whose whole answer is small: it is rendered when its commands have answered. */
export interface Page<Part extends string> extends CommandPage<Part> {
  /** `json` of a part is null when its command failed, which the page has said already. */
  render(answers: Readonly<Record<Part, Answer>>, request: PageRequest): Markup;
}

/** A page that is sent while its commands answer: its beginning at once. */
export interface StreamedPage<Part extends string> extends CommandPage<Part> {
  /** The sections in order. Their answers never reject; a failed one is null, which the page says at the end of its sections. */
  sections(
    answers: Readonly<Record<Part, Promise<Answer>>>,
    request: PageRequest,
  ): AsyncGenerator<Markup, void>;
}

const NOT_ASKED: Answer = { argv: [], json: null, status: 0, stderr: '' };

/** Serves a page and its JSON twin. */
export function servePage<Part extends string>(
  app: Hono,
  site: Site,
  page: Page<Part> | StreamedPage<Part>,
): void {
  app.get(page.path, async (context) => {
    const request: PageRequest = { query: new URL(context.req.url).searchParams, site };
    const gone = goneSignal(context);
    const asked = Object.entries(page.commands(request)) as [Part, readonly string[] | null][];
    const answers = asked.map(
      ([part, argv]) =>
        [part, argv === null ? Promise.resolve(NOT_ASKED) : answerOf(site.runner, argv, gone)] as const,
    );
    return 'render' in page
      ? await whole(context, page, answers, request)
      : streamedHtml(context, inSections(page, answers, request), () => undefined);
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

type Asked<Part extends string> = readonly (readonly [part: Part, answer: Promise<Answer>])[];

async function whole<Part extends string>(
  context: Context,
  page: Page<Part>,
  asked: Asked<Part>,
  request: PageRequest,
): Promise<Response> {
  const answered = await Promise.all(asked.map(async ([part, answer]) => [part, await answer] as const));
  const answers = Object.fromEntries(answered) as Record<Part, Answer>;
  return context.html(
    wholeDocument(
      { title: page.title, path: page.path, site: request.site },
      html`${problems(answered)}${page.render(answers, request)}${boxes(page, answered, request)}`,
    ),
  );
}

async function* inSections<Part extends string>(
  page: StreamedPage<Part>,
  asked: Asked<Part>,
  request: PageRequest,
): AsyncGenerator<Markup> {
  const about = { title: page.title, path: page.path, site: request.site };
  const told = asked.map(([part, answer]) => [part, answer.catch(refused)] as const);
  yield documentStart(about);
  yield* page.sections(Object.fromEntries(told) as Record<Part, Promise<Answer>>, request);
  const answered = await Promise.all(told.map(async ([part, answer]) => [part, await answer] as const));
  yield html`${problems(answered)}${boxes(page, answered, request)}${documentEnd(about)}`;
}

/** The page has begun: what keeps a command from being run can only be said on it. */
function refused(error: unknown): Answer {
  return { ...NOT_ASKED, status: 1, stderr: (error as Error).message };
}

type Answered<Part extends string> = readonly (readonly [part: Part, answer: Answer])[];

function problems(answered: Answered<string>): Markup {
  return html`${answered.map(([, answer]) => (answer === NOT_ASKED ? null : problemBox(answer)))}`;
}

function boxes<Part extends string>(
  page: CommandPage<Part>,
  answered: Answered<Part>,
  { site, query }: PageRequest,
): Markup {
  return html`
<section class="commands" aria-label="The same on the command line">${answered.map(([part, { argv }]) =>
    argv.length === 0 ? null : commandBox(site, argv, twinAddress(page.path, query, part)),
  )}</section>`;
}

function twinPath(path: string): string {
  return path === '/' ? '/overview.json' : `${path}.json`;
}

function twinAddress(path: string, query: URLSearchParams, part: string): string {
  const asked = new URLSearchParams(query);
  asked.set('part', part);
  return `${twinPath(path)}?${asked}`;
}
