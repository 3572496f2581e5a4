import type { Change } from './change.ts';
import { matching, option, repeatedOption, requiredOption, word } from './fields.ts';
import { itemCommands, restoreCommand } from './restore-command.ts';

/** Every change that the pages offer. There are no others: a request cannot name a command. */
export const CHANGES: readonly Change[] = [
  {
    name: 'pause',
    title: 'Pause the jobs',
    effect: 'A running job stops at its next batch, and no job starts until the pause ends.',
    hasDryRun: false,
    commands: (form) => [['pause', ...option(form, 'for'), ...option(form, 'reason')]],
  },
  {
    name: 'resume',
    title: 'Resume the jobs',
    effect: 'The pause ends. A running scheduler starts the overdue jobs within 15 seconds.',
    hasDryRun: false,
    commands: () => [['resume']],
  },
  {
    name: 'job',
    title: 'Run a job now',
    effect: 'The job archives, moves and purges rows as the policies say. The plan below changes nothing.',
    hasDryRun: true,
    commands: (form) => [
      ['job', `--mode=${matching(form, 'mode', /^(?:daily|weekly|monthly|full)$/, 'a job')}`],
    ],
  },
  {
    name: 'archive',
    title: 'Archive a table now',
    effect: 'Rows that are older than their hot time move into verified archive files.',
    hasDryRun: true,
    commands: (form) => [['archive', word(form, 'table')]],
  },
  {
    name: 'verify',
    title: 'Verify the archives now',
    effect: 'Every byte of every archive file is read and compared with the ledger. Problems become alarms.',
    hasDryRun: false,
    commands: () => [['verify', '--deep']],
  },
  {
    name: 'verify-file',
    title: 'Verify this file now',
    effect:
      'Every byte of the file is read and compared with the ledger, which records the time. A problem becomes an alarm, and an alarm about the file ends when it is whole.',
    hasDryRun: false,
    commands: (form) => [['verify', word(form, 'file')]],
  },
  {
    name: 'hold-add',
    title: 'Add a hold',
    effect:
      'Rows that meet all conditions stay in their tier, and are not purged, until the hold is removed.',
    hasDryRun: false,
    commands: (form) => [
      [
        ...['hold', 'add', ...requiredOption(form, 'table')],
        ...[...repeatedOption(form, 'where'), ...requiredOption(form, 'reason')],
      ],
    ],
  },
  {
    name: 'hold-remove',
    title: 'Remove a hold',
    effect: 'The next runs archive and purge the rows as their policy says.',
    hasDryRun: false,
    commands: (form) => [['hold', 'remove', matching(form, 'id', /^[1-9][0-9]{0,14}$/, 'a hold number')]],
  },
  {
    name: 'acknowledge',
    title: 'Acknowledge an alarm',
    effect: 'The alarm stays listed with your reason, and no longer counts as an alarm.',
    hasDryRun: false,
    commands: (form) => [
      ['verify', ...requiredOption(form, 'path', 'acknowledge'), ...requiredOption(form, 'reason')],
    ],
  },
  {
    name: 'restore',
    title: 'Restore rows',
    effect: 'The archived rows are copied into the database. They also stay in the archives.',
    hasDryRun: true,
    commands: (form) => [restoreCommand(form)],
  },
  {
    name: 'restore-rows',
    title: 'Restore these rows',
    effect: 'The archived rows are copied. They also stay in the archives.',
    hasDryRun: true,
    commands: itemCommands,
  },
];
