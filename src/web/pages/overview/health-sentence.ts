import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';
import { OF_A_FILE } from '../holds/alarm-part.ts';

/** Health in one sentence, the problems, and the command that is worth running next. */
export function healthSentence(status: StatusAnswer, site: Site): Markup {
  const { level, line, problems } = status.health;
  const words = line.replace(/^(?:ok|attention|alarm): (?:integrity: )?/, '');
  const remedies = remediesOf(status);
  return html`<section class="sheet health ${level}" aria-label="Health"><div>
<p class="line">${headline(level)}${problems.length > 1 ? null : `: ${words}`}</p>
${
  problems.length < 2
    ? null
    : html`<ul class="remedies">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`
}
${
  remedies.length === 0
    ? null
    : html`<h3>What to do</h3>${remedies.map(
        ([why, argv]) => html`<p class="small">${why}</p>${commandBox(site, argv, null)}`,
      )}`
}</div></section>`;
}

function headline(level: StatusAnswer['health']['level']): string {
  return { ok: 'No problems found', attention: 'Needs attention', alarm: 'Integrity alarm' }[level];
}

type Remedy = readonly [why: string, argv: readonly string[]];

function remediesOf({ open_alarms: alarms, paused, jobs, overdue, health }: StatusAnswer): Remedy[] {
  const found: Remedy[] = [];
  if (alarms.length > 0)
    found.push([
      'When the file is whole again, for example from a backup, verify it: this ends the alarm.',
      [
        'verify',
        ...(alarms.every(({ kind }) => OF_A_FILE.has(kind))
          ? alarms.slice(0, 5).map(({ path }) => path)
          : ['--deep']),
      ],
    ]);
  if (paused !== null) found.push(['Let the jobs run again:', ['resume']]);
  const never = jobs.filter(({ overdue_since }) => overdue_since !== null);
  if (never.length > 0 && jobs.every(({ last_success }) => last_success === null))
    found.push(['Install the jobs, so that they run by themselves:', ['schedule', '--install']]);
  else if (never[0] !== undefined) found.push(['Run the overdue job now:', ['job', '--mode', never[0].job]]);
  if (overdue[0] !== undefined) {
    const one = overdue.length === 1 ? overdue[0].table : 'all';
    found.push(['Archive the overdue rows:', ['archive', one, '--dry-run']]);
  }
  if (found.length === 0 && health.level !== 'ok')
    found.push(['Check the installation for causes and remedies:', ['doctor']]);
  return found;
}
