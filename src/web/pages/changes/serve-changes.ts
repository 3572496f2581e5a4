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
  const argv = commandOf(change, new URL(context.req.url).searchParams);
  if (argv instanceof FirnError) return told(context, site, 422, inWords(argv));
  const dry = change.hasDryRun
    ? await outputOf(site.runner, [...argv, '--dry-run'], goneSignal(context))
    : null;
  const about = { title: change.title, path: '', site };
  return context.html(
    wholeDocument(
      about,
      html`<p>${change.effect}</p>${dry === null ? null : dryRun(dry)}
<p>This command will run:</p>${commandBox(site, argv, null)}${
        dry === null || canRun(dry) ? confirmation(change, plans.show({ change, argv })) : null
      }`,
    ),
  );
}

/** What a dry run finds partly possible may run as well: the rest is done, and the command says what is not. */
function canRun({ status }: Output): boolean {
  return status === 0 || status === 3;
}

function dryRun({ text, stderr, status }: Output): Markup {
  return html`<h2>Plan</h2>${text.trim() === '' ? null : html`<pre>${text.trimEnd()}</pre>`}${
    stderr.trim() === ''
      ? null
      : html`<pre class="${status === 0 ? 'notice' : 'problem'}">${stderr.trim()}</pre>`
  }`;
}

function confirmation({ name, title }: Change, secret: string): Markup {
  return html`<form method="post" action="/do/${name}" class="fields"><input type="hidden" name="plan" value="${secret}">
<button class="primary">${title}</button></form>`;
}

function commandOf(change: Change, form: URLSearchParams): readonly string[] | FirnError {
  try {
    return change.command(form);
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
