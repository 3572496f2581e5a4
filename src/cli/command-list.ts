/**
 * Every command of Firn, in the order help lists them.
 *
 * To add one: write `<name>.ts` in the room of its kind (`finding/`, `moving/` …), and add its line below. A command of a group (`firn hold add`)
 * has both words as its name and lives in `hold-add.ts`; the group itself is listed in `GROUPS`.
 *
 *     export const command: Command = defineCommand({
 *       description: 'A paragraph for its help.',
 *       arguments: { target: argument('<target>', 'all, a group or a table') },
 *       options: {
 *         json: flag('--json', 'print the result as JSON'),
 *         olderThan: value('--older-than <DUR>', 'use this age instead of the hot time', { parse: parseAge }),
 *         where: repeated('--where <condition>', 'select rows that match'),
 *         progress: toggle('--progress', 'show progress on stderr'),
 *       },
 *       examples: [['firn archive all --dry-run', 'preview only']],
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
 * A file beside the command turns its result into text: a function from plain data to a string. `terminal/` has what these share.
 * Then run `npm run docs`, which writes docs/cli.md, and add `test/cli/<room>/<name>.test.ts`.
 */
import type { CommandEntry, Group, Section } from './frame/command-entry.ts';

export const GROUPS: readonly Group[] = [
  { name: 'retention', summary: 'Show retention status, policies, statistics and files' },
  { name: 'cleanup', summary: 'Clean up archived data' },
  { name: 'hold', summary: 'Protect rows from archiving and deletion' },
  { name: 'lake', summary: 'Show, verify or rebuild the Parquet copy of archives' },
];

export const SECTIONS: readonly Section[] = [
  {
    title: 'Getting started',
    commands: [
      {
        name: 'demo',
        summary: 'Run a demonstration on a generated database',
        load: () => import('./first-steps/demo.ts'),
      },
      {
        name: 'init',
        summary: 'Create a configuration file for your database',
        load: () => import('./first-steps/init.ts'),
      },
      {
        name: 'doctor',
        summary: 'Check the installation and suggest remedies',
        load: () => import('./first-steps/doctor.ts'),
      },
      {
        name: 'completion',
        summary: 'Print a shell completion script',
        load: async () => {
          const { completionCommand } = await import('./first-steps/completion.ts');
          return { command: completionCommand({ entries: allCommands(), groups: GROUPS }) };
        },
      },
    ],
  },
  {
    title: 'Archiving and retention',
    commands: [
      {
        name: 'archive',
        summary: 'Archive old observability data',
        load: () => import('./moving/archive.ts'),
      },
      {
        name: 'cleanup archives',
        summary: 'Clean up archived data: bundle months, delete expired rows',
        load: () => import('./moving/cleanup-archives.ts'),
      },
      {
        name: 'hold add',
        summary: 'Add a hold: matching rows are not archived or deleted',
        load: () => import('./keeping/hold-add.ts'),
      },
      {
        name: 'hold list',
        summary: 'List all holds',
        load: () => import('./keeping/hold-list.ts'),
      },
      {
        name: 'hold remove',
        summary: 'Remove a hold',
        load: () => import('./keeping/hold-remove.ts'),
      },
      {
        name: 'plan',
        summary: 'Preview the effect of a policy change',
        load: () => import('./moving/plan.ts'),
      },
      {
        name: 'reclaim',
        summary: 'Shrink the database file',
        load: () => import('./moving/reclaim.ts'),
      },
      {
        name: 'retention files',
        summary: 'List the archive files, or show one of them',
        load: () => import('./retention/retention-files.ts'),
      },
      {
        name: 'retention stats',
        summary: 'Show ingest rate and storage forecast',
        load: () => import('./retention/retention-stats.ts'),
      },
      {
        name: 'retention status',
        summary: 'Show rows and files in each tier, and overdue rows',
        load: () => import('./retention/retention-status.ts'),
      },
      {
        name: 'retention policy',
        summary: 'Show the retention policy of each table',
        load: () => import('./retention/retention-policy.ts'),
      },
    ],
  },
  {
    title: 'Searching and restoring',
    commands: [
      {
        name: 'search',
        summary: 'Search rows in the database and the archives',
        load: () => import('./finding/search.ts'),
      },
      {
        name: 'timeline',
        summary: 'Show all rows of one execution or task in time order',
        load: () => import('./finding/timeline.ts'),
      },
      {
        name: 'explain',
        summary: 'Show where a row is stored and when it moves next',
        load: () => import('./finding/explain.ts'),
      },
      {
        name: 'restore',
        summary: 'Copy archived rows back into a database',
        load: () => import('./finding/restore.ts'),
      },
      {
        name: 'sql',
        summary: 'Query all tiers with SQL',
        load: () => import('./finding/sql.ts'),
      },
      {
        name: 'export',
        summary: 'Export a table as Parquet, CSV or JSON Lines',
        load: () => import('./finding/export.ts'),
      },
      {
        name: 'erase',
        summary: 'Permanently delete matching rows from all tiers',
        load: () => import('./keeping/erase.ts'),
      },
    ],
  },
  {
    title: 'Scheduling and monitoring',
    commands: [
      {
        name: 'job',
        summary: 'Run the daily, weekly or monthly job, or all of them',
        load: () => import('./running/job.ts'),
      },
      {
        name: 'run',
        summary: 'Run the scheduler in the foreground',
        load: () => import('./running/run.ts'),
      },
      {
        name: 'schedule',
        summary: 'Print or install cron entries or systemd units',
        load: () => import('./running/schedule.ts'),
      },
      {
        name: 'web',
        summary: 'Open a web page on the database and the archives',
        load: () => import('./web/web.ts'),
      },
      {
        name: 'status',
        summary: 'Show the health of the jobs and the archives',
        load: () => import('./running/status.ts'),
      },
      {
        name: 'history',
        summary: 'List past runs, and the progress of a running job',
        load: () => import('./running/history.ts'),
      },
      {
        name: 'pause',
        summary: 'Pause the jobs; a running job stops at its next batch',
        load: () => import('./running/pause.ts'),
      },
      {
        name: 'resume',
        summary: 'Resume paused jobs',
        load: () => import('./running/resume.ts'),
      },
      {
        name: 'metrics',
        summary: 'Print metrics for Prometheus',
        load: () => import('./running/metrics.ts'),
      },
    ],
  },
  {
    title: 'Verification and recovery',
    commands: [
      {
        name: 'verify',
        summary: 'Verify the archive files against the ledger',
        load: () => import('./keeping/verify.ts'),
      },
      {
        name: 'rebuild',
        summary: 'Rebuild the ledger from the archive files',
        load: () => import('./keeping/rebuild.ts'),
      },
      {
        name: 'lake status',
        summary: 'Show how much of the archives the lake contains',
        load: () => import('./keeping/lake-status.ts'),
      },
      {
        name: 'lake verify',
        summary: 'Verify every byte of the lake against the ledger',
        load: () => import('./keeping/lake-verify.ts'),
      },
      {
        name: 'lake rebuild',
        summary: 'Write the lake again from the archive files',
        load: () => import('./keeping/lake-rebuild.ts'),
      },
    ],
  },
];

/** All commands in the order of help. */
export function allCommands(): readonly CommandEntry[] {
  return SECTIONS.flatMap((section) => section.commands);
}
