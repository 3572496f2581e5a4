import { formatDuration } from '../../model/duration.ts';
import type { Policy } from '../../model/policy.ts';
import type { Proposal } from './proposal.ts';

/** What is known when a configuration is written. */
export interface Findings {
  /** Address of the JSON Schema, for editors. */
  readonly schema: string;
  readonly database: string;
  readonly archives: string;
  /** Policies of the preset whose tables are in the database. */
  readonly managed: readonly Policy[];
  readonly proposals: readonly Proposal[];
  /** Tables in which nothing looks like a time. */
  readonly others: readonly string[];
}

/** A commented `firn.config.yaml`. What is proposed is commented out, so that nothing is managed unasked. */
export function configText({ schema, database, archives, managed, proposals, others }: Findings): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    '# Configuration of Firn, written by `firn init` from a look at the database.',
    '# A flag or an environment variable is stronger than this file. Durations: 7d, 2w, 3m (30 days), 1y.',
    '',
    '# The policies that come with Firn: observability, or none.',
    `preset: ${managed.length > 0 ? 'observability' : 'none'}`,
    '',
    '# Relative paths start at the folder of this file.',
    `database: ${scalar(database)}`,
    `archives: ${scalar(archives)}`,
    ...tablesOf(managed),
    ...proposalsOf(proposals, managed.length > 0),
    ...(others.length === 0
      ? []
      : ['', '# Nothing in these tables looks like a time, so they cannot age:', `#   ${others.join(', ')}`]),
    '',
    '# When the jobs of `firn run` and `firn schedule` start: five cron fields, or never.',
    '# schedule:',
    '#   daily: 0 2 * * *',
    '#   weekly: 0 3 * * 0',
    '#   monthly: 0 4 1 * *',
    '',
  ].join('\n');
}

function tablesOf(managed: readonly Policy[]): string[] {
  if (managed.length === 0) return [];
  return [
    '',
    '# hot: in the database. warm: then a file a day. cold: then a bundle a month. Then gone.',
    '# These are the times of the preset; change them, or remove what you leave as it is.',
    'tables:',
    ...managed.flatMap((policy) => [
      `  ${scalar(policy.table)}:`,
      `    hot: ${formatDuration(policy.hotMs)}`,
      `    warm: ${formatDuration(policy.warmMs)}`,
      `    cold: ${formatDuration(policy.coldMs)}`,
    ]),
  ];
}

function proposalsOf(proposals: readonly Proposal[], listBegun: boolean): string[] {
  if (proposals.length === 0) return [];
  return [
    '',
    `${listBegun ? '  ' : ''}# Not managed yet. To manage one, take its comment signs away and check the times.`,
    ...(listBegun ? [] : ['# tables:']),
    ...proposals.flatMap(({ table, timeColumn, lookupKeys }) => [
      `  # ${scalar(table)}:`,
      '  #   hot: 30d',
      '  #   warm: 90d',
      '  #   cold: 365d',
      `  #   time_column: ${scalar(timeColumn)}`,
      ...(lookupKeys.length === 0 ? [] : [`  #   lookup_keys: [${lookupKeys.map(scalar).join(', ')}]`]),
    ]),
  ];
}

/** A YAML scalar that is read back as this text. */
function scalar(text: string): string {
  const plain = /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
