import type { Context, Hono } from 'hono';
import { FirnError, inWords } from '../../../model/errors.ts';
import { type Output, outputOf } from '../../command-answer.ts';
import { commandBox } from '../../frame/command-box.ts';
import { wholeDocument } from '../../frame/document.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';
import { goneSignal } from '../../frame/when-gone.ts';
import type { Change } from './change.ts';
import { streamOutput } from './command-output.ts';
import { CHANGES } from './offered.ts';
import { createPlans, type Plans } from './plans.ts';

/** `GET /do/<name>` shows the plan of a change and changes nothing; `POST` with the plan's secret runs it. */
export function serveChanges(app: Hono, site: Site): void {
  const plans = createPlans(() => site.clock().getTime());
  app.use('/do/*', async (context, next) => {
    if (site.allowChanges) return next();
    return told(
      context,
      site,
      403,
      'This page is read-only. Start firn web with --allow-changes to change something here.',
    );
  });
  for (const change of CHANGES) {
    const path = `/do/${change.name}`;
    app.get(path, (context) => planPage(context, site, plans, change));
    app.post(path, async (context) => {
      const { plan: secret } = await context.req.parseBody();
      const plan = plans.confirm(String(secret ?? ''));
      if (plan === null || plan.change !== change)
        return told(
          context,
          site,
          409,
          'This plan was confirmed already, or is too old. Go back and make a new one.',
        );
      return streamOutput(context, site, plan);
    });
  }
}

async function planPage(context: Context, site: Site, plans: Plans, change: Change): Promise<Response> {
  const commands = commandsOf(change, new URL(context.req.url).searchParams);
  if (commands instanceof FirnError) return told(context, site, 422, inWords(commands));
  const gone = goneSignal(context);
  const dry = change.hasDryRun
    ? await Promise.all(commands.map((argv) => outputOf(site.runner, asDryRun(argv), gone)))
    : [];
  const about = { title: change.title, path: '', site };
  return context.html(
    wholeDocument(
      about,
      html`<p>${change.effect}</p>${dry.length === 0 ? null : html`<h2>Plan</h2>${dry.map(dryRun)}`}
<p>${commands.length === 1 ? 'This command will run:' : 'These commands will run in this order:'}</p>
<div class="commands">${commands.map((argv) => commandBox(site, argv, null))}</div>${
        dry.every(canRun) ? confirmation(change, plans.show({ change, commands })) : null
      }`,
    ),
  );
}

/** What a dry run finds partly possible may run as well: the rest is done, and the command says what is not. */
function canRun({ status }: Output): boolean {
  return status === 0 || status === 3;
}

/** Before a `--`, behind which there are no options. */
function asDryRun(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return end < 0 ? [...argv, '--dry-run'] : [...argv.slice(0, end), '--dry-run', ...argv.slice(end)];
}

function dryRun({ text, stderr, status }: Output): Markup {
  return html`${text.trim() === '' ? null : html`<pre tabindex="0">${text.trimEnd()}</pre>`}${
    stderr.trim() === ''
      ? null
      : html`<pre class="${status === 0 ? 'notice' : 'problem'}">${stderr.trim()}</pre>`
  }`;
}

function confirmation({ name, title }: Change, secret: string): Markup {
  return html`<form method="post" action="/do/${name}" class="fields"><input type="hidden" name="plan" value="${secret}">
<button class="primary">${title}</button></form>`;
}

function commandsOf(change: Change, form: URLSearchParams): readonly (readonly string[])[] | FirnError {
  try {
    return change.commands(form);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'usage') return error;
    throw error;
  }
}

function told(
  context: Context,
  site: Site,
  status: 403 | 409 | 422,
  why: string,
): Response | Promise<Response> {
  const about = { title: 'Not done', path: '', site };
  return context.html(wholeDocument(about, html`<p role="alert" class="problem">${why}</p>`), status);
}
