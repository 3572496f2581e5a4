/**
 * Every command of Firn, in the order help lists them.
 *
 * To add one: write `src/cli/commands/<name>.ts`, and add its line below. A command of a group (`firn hold add`)
 * has both words as its name and lives in `hold-add.ts`; the group's own line stands in `GROUPS`.
 *
 *     export const command: Command = defineCommand({
 *       description: 'A paragraph for its help.',
 *       arguments: { target: argument('<target>', 'all, a group or a table') },
 *       options: {
 *         json: flag('--json', 'print the result as JSON'),
 *         olderThan: value('--older-than <DUR>', 'instead of the hot time', { parse: parseAge }),
 *         where: repeated('--where <condition>', 'only these rows'),
 *         progress: toggle('--progress', 'draw progress although this is no terminal'),
 *       },
 *       examples: [['firn archive all --dry-run', 'what would leave, and why']],
 *       async run(context, { target }, { json, olderThan }) {
 *         await using opened = await context.write('archive');
 *         const report = await runArchive(opened, target, { signal: context.io.signal });
 *         if (json) context.json(report);
 *         else context.print(renderArchiveReport(report, context.style));
 *         return EXIT.done;
 *       },
 *     });
 *
 * A command file may import what it needs: it is loaded only when its command is run. The global options are in
 * `context.flags`; `context.print` writes the answer to stdout, `context.note` and `context.warn` write to stderr.
 * Turning a result into text belongs into `src/cli/render/`, as a function from plain data to a string.
 * Then run `npm run docs`, which writes docs/cli.md, and add `test/cli/commands/<name>.test.ts`.
 */
import type { Command } from './command.ts';

export interface CommandEntry {
  /** One word, or the group's and the command's. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export interface Section {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}

export interface Group {
  readonly name: string;
  readonly summary: string;
}

export const GROUPS: readonly Group[] = [
  { name: 'retention', summary: 'What is kept where, for how long, and what is overdue' },
  { name: 'cleanup', summary: 'Clean up archived data' },
  { name: 'hold', summary: 'Keep rows where they are' },
];

export const SECTIONS: readonly Section[] = [
  {
    title: 'First steps',
    commands: [
      {
        name: 'demo',
        summary: 'See the whole journey on a generated database',
        load: () => import('./commands/demo.ts'),
      },
      {
        name: 'init',
        summary: 'Write a configuration from a look at the database',
        load: () => import('./commands/init.ts'),
      },
      {
        name: 'completion',
        summary: 'Print a completion script for your shell',
        load: () => import('./commands/completion.ts'),
      },
    ],
  },
  {
    title: 'Moving rows down',
    commands: [
      {
        name: 'archive',
        summary: 'Archive old observability data',
        load: () => import('./commands/archive.ts'),
      },
      {
        name: 'cleanup archives',
        summary: 'Clean up archived data: bundle it, purge what is over',
        load: () => import('./commands/cleanup-archives.ts'),
      },
      {
        name: 'hold add',
        summary: 'Keep rows from moving down and from being purged',
        load: () => import('./commands/hold-add.ts'),
      },
      {
        name: 'hold list',
        summary: 'List what is held, and why',
        load: () => import('./commands/hold-list.ts'),
      },
      {
        name: 'hold remove',
        summary: 'Release a hold',
        load: () => import('./commands/hold-remove.ts'),
      },
      {
        name: 'plan',
        summary: 'Tell what a changed policy would do before it does it',
        load: () => import('./commands/plan.ts'),
      },
      {
        name: 'reclaim',
        summary: 'Give free disk space of the database file back',
        load: () => import('./commands/reclaim.ts'),
      },
      {
        name: 'retention stats',
        summary: 'Show what comes in, and what it will be',
        load: () => import('./commands/retention-stats.ts'),
      },
      {
        name: 'retention status',
        summary: 'Show what is where, and what is overdue',
        load: () => import('./commands/retention-status.ts'),
      },
      {
        name: 'retention policy',
        summary: 'Show how long each table is kept where',
        load: () => import('./commands/retention-policy.ts'),
      },
    ],
  },
  {
    title: 'Finding rows and bringing them back',
    commands: [
      {
        name: 'search',
        summary: 'Find rows in the database and in the archives at once',
        load: () => import('./commands/search.ts'),
      },
      {
        name: 'timeline',
        summary: 'Show everything of one execution or task in the order of time',
        load: () => import('./commands/timeline.ts'),
      },
      {
        name: 'explain',
        summary: 'Tell where a row is, why, and when it moves next',
        load: () => import('./commands/explain.ts'),
      },
      {
        name: 'restore',
        summary: 'Bring archived rows back into a database',
        load: () => import('./commands/restore.ts'),
      },
      {
        name: 'sql',
        summary: 'Ask in SQL, over all tiers at once',
        load: () => import('./commands/sql.ts'),
      },
      {
        name: 'export',
        summary: 'Write a table for other programs: Parquet, CSV or JSON lines',
        load: () => import('./commands/export.ts'),
      },
      {
        name: 'erase',
        summary: 'Remove matching rows from every tier, for ever',
        load: () => import('./commands/erase.ts'),
      },
    ],
  },
  {
    title: 'Running it for years',
    commands: [
      {
        name: 'job',
        summary: 'Run the daily, weekly or monthly job, or all three',
        load: () => import('./commands/job.ts'),
      },
      {
        name: 'run',
        summary: 'Run the jobs when they are due, until stopped',
        load: () => import('./commands/run.ts'),
      },
      {
        name: 'schedule',
        summary: 'Print or install cron entries or systemd units',
        load: () => import('./commands/schedule.ts'),
      },
      {
        name: 'status',
        summary: 'Show whether the jobs run, and what is overdue',
        load: () => import('./commands/status.ts'),
      },
      {
        name: 'pause',
        summary: 'Stop a running job at its next batch, and start none',
        load: () => import('./commands/pause.ts'),
      },
      {
        name: 'resume',
        summary: 'Let the jobs run again',
        load: () => import('./commands/resume.ts'),
      },
      {
        name: 'metrics',
        summary: 'Print the figures for Prometheus',
        load: () => import('./commands/metrics.ts'),
      },
    ],
  },
  {
    title: 'Proof',
    commands: [
      {
        name: 'verify',
        summary: 'Prove that the archives hold what the ledger says',
        load: () => import('./commands/verify.ts'),
      },
      {
        name: 'rebuild',
        summary: 'Make the ledger again from the archive alone',
        load: () => import('./commands/rebuild.ts'),
      },
    ],
  },
];

/** All commands, without their sections. */
export function allCommands(): readonly CommandEntry[] {
  return SECTIONS.flatMap((section) => section.commands);
}
