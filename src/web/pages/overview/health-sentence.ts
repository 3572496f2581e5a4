import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';
import { OF_A_FILE } from '../holds/alarm-part.ts';

/** What the page reads of `firn status --json`. */
export interface StatusJson {
  readonly health: {
    readonly level: 'ok' | 'attention' | 'alarm';
    readonly line: string;
    readonly problems: readonly string[];
  };
  readonly scheduler: { readonly state: string };
  readonly lock: object | null;
  readonly paused: { readonly reason?: string | null; readonly until?: string | null } | null;
  readonly jobs: readonly {
    readonly job: string;
    readonly running: boolean;
    readonly next_start: string | null;
    readonly overdue_since: string | null;
    readonly last_run: {
      readonly started_at: string;
      readonly outcome: string | null;
      readonly records: number;
      readonly duration_ms: number | null;
    } | null;
    readonly last_success: string | null;
  }[];
  readonly tables: readonly {
    readonly table: string;
    readonly total: number;
    readonly due: number;
    readonly estimated: boolean;
    readonly problem: string | null;
  }[];
  readonly overdue: readonly { readonly table: string }[];
  readonly open_alarms: readonly { readonly kind: string; readonly path: string }[];
  readonly database: { readonly bytes: number; readonly wal_bytes: number };
  readonly archives: Readonly<
    Record<'warm' | 'cold', { readonly files: number; readonly bytes: number; readonly rows: number }>
  >;
}

/** Health in one sentence, the problems, and the command that is worth running next. */
export function healthSentence(status: StatusJson, site: Site): Markup {
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

function headline(level: StatusJson['health']['level']): string {
  return { ok: 'No problems found', attention: 'Needs attention', alarm: 'Integrity alarm' }[level];
}

type Remedy = readonly [why: string, argv: readonly string[]];

function remediesOf({ open_alarms: alarms, paused, jobs, overdue, health }: StatusJson): Remedy[] {
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
