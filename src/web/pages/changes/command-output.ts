import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { RunningCommand } from '../../command-runner.ts';
import { commandBox } from '../../frame/command-box.ts';
import { documentEnd, documentStart } from '../../frame/document.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';
import type { Plan } from './plans.ts';

/** Of a command's output, this many characters are shown. */
const SHOWN = 1 << 20;

const MEANINGS: Readonly<Record<number, string>> = {
  0: 'Done.',
  2: 'Not done: the command or the configuration is wrong.',
  3: 'Partly done. The output says what is missing.',
  4: 'Not done: another run holds the lock. Try again when it has ended.',
  5: 'Integrity alarm: an archive file is missing or damaged.',
};

/**
 * The output of a change while it comes, then how it ended. The command goes on when the browser leaves, and never waits for a browser
 * that does not read.
 */
export async function streamOutput(
  context: Context,
  site: Site,
  { change, commands: [first = [], ...others] }: Plan,
): Promise<Response> {
  const begun = await site.runner.start(first);
  const about = { title: change.title, path: '', site };
  context.header('Content-Type', 'text/html; charset=UTF-8');
  return stream(context, async (browser) => {
    const send = async (part: Markup | Promise<Markup>): Promise<void> => {
      await browser.write(String(await part));
    };
    const sent = [send(documentStart(about))];
    const show = async (argv: readonly string[], command: RunningCommand): Promise<void> => {
      sent.push(send(html`${commandBox(site, argv, null)}<pre class="output" tabindex="0">`));
      for await (const text of outputOf(command)) sent.push(send(html`${text}`));
      const { status, stderr } = await command.ended;
      sent.push(send(html`</pre>${endOf(status, stderr)}`));
    };
    await show(first, begun);
    for (const argv of others) await show(argv, await site.runner.start(argv));
    sent.push(send(html`${LEADS}${documentEnd(about)}`));
    await Promise.all(sent);
  });
}

const LEADS = html`<p><a href="/runs">Runs</a> · <a href="/holds">Holds</a> · <a href="/">Overview</a></p>`;

async function* outputOf({ stdout }: RunningCommand): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let shown = 0;
  for await (const chunk of stdout) {
    // What is beyond is read all the same: the command must not wait.
    if (shown > SHOWN) continue;
    const text = decoder.decode(chunk, { stream: true });
    shown += text.length;
    yield shown > SHOWN ? `${text}\n… the rest is not shown\n` : text;
  }
}

function endOf(status: number, stderr: string): Markup {
  const said =
    stderr.trim() === ''
      ? null
      : html`<pre class="${status === 0 ? 'notice' : 'problem'}">${stderr.trim()}</pre>`;
  const words = MEANINGS[status] ?? 'It failed.';
  return html`${said}<p role="status"><strong>${words}</strong> <span class="faint">Exit code ${status}.</span></p>`;
}
