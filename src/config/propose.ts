import { stringify } from 'yaml';
import { formatDuration } from '../model/duration.ts';
import { escapedSign } from '../model/escaped-sign.ts';
import { sameName } from '../model/names.ts';
import type { Policy } from '../model/policy/policy.ts';
import {
  OBSERVABILITY_EXEMPT,
  OBSERVABILITY_PARENTS,
  OBSERVABILITY_POLICIES,
} from '../model/policy/preset.ts';
import { findTimeColumn, findUnreadTime, type TableLook, type TimeColumn } from './time-column.ts';

/** Locations in the proposed file; null writes the default, commented out. */
export interface ProposedPlaces {
  /** Address of the JSON Schema, for editors. */
  readonly schema: string;
  readonly database: string | null;
  readonly archives: string | null;
}

/** A table that no policy manages, and its likely time column. */
export interface Proposal {
  readonly look: TableLook;
  readonly time: TimeColumn;
}

const LONGEST_NAME = 200;

/** The unmanaged tables that have a time column. */
export function findProposals(looks: readonly TableLook[]): readonly Proposal[] {
  return unmanaged(looks).flatMap((look) => {
    const time = findTimeColumn(look);
    return time === null ? [] : [{ look, time }];
  });
}

function unmanaged(looks: readonly TableLook[]): readonly TableLook[] {
  const parents = parentsOf(looks);
  return looks.filter(
    (look) => !isPreset(look.table) && !parents.includes(look) && look.table.length <= LONGEST_NAME,
  );
}

/** Parents of managed rows, where there are any. */
function parentsOf(looks: readonly TableLook[]): readonly TableLook[] {
  const managed = looks.some(({ table }) =>
    OBSERVABILITY_POLICIES.some((policy) => sameName(table, policy.table)),
  );
  return managed ? looks.filter(({ table }) => includes(OBSERVABILITY_PARENTS, table)) : [];
}

/**
 * A commented configuration file: the tables of the preset that the database has, and other tables with a time column as
 * proposals that are commented out. It loads as it is, and also after the `#` of a proposal's lines is removed.
 */
export function proposeConfig(looks: readonly TableLook[], places: ProposedPlaces): string {
  const managed = OBSERVABILITY_POLICIES.flatMap((policy) => {
    const look = looks.find(({ table }) => sameName(table, policy.table));
    return look === undefined ? [] : [{ policy, look }];
  });
  const parents = parentsOf(looks);
  const timed = unmanaged(looks).map((look) => ({ look, time: findTimeColumn(look) }));
  const proposals = findProposals(looks);
  const untimed = timed.filter(({ time }) => time === null).map(({ look }) => look);
  const unread = untimed.flatMap((look) => {
    const found = findUnreadTime(look);
    return found === null ? [] : [{ look, ...found }];
  });
  const failed = untimed.filter(({ problem }) => problem !== null);
  const timeless = untimed.filter(
    (look) => look.problem === null && unread.every((one) => one.look !== look),
  );

  return [
    `# yaml-language-server: $schema=${places.schema.replaceAll(/\s/g, '%20')}`,
    '#',
    '# Written by `firn init`. docs/configuration.md explains each key. Preview the effect: firn archive all --dry-run',
    '# To use a setting that is commented out (# without a space after it), remove its #.',
    '',
    place('database', places.database, 'database/ideas.db'),
    place('archives', places.archives, 'archives'),
    '',
    ...presetLines(managed.length > 0),
    '',
    'tables:',
    ...managed.flatMap(({ policy, look }) => managedLines(policy, look)),
    ...proposals.flatMap(({ look, time }) => proposalLines(look, time)),
    ...(parents.length === 0
      ? []
      : wrapped(
          `Not managed, because rows of managed tables refer to them: ${parents.map(({ table }) => table).join(', ')}.`,
        )),
    ...unread.flatMap(({ look, name, form }) =>
      wrapped(
        `${quoted(look.table)}: not managed. ${quoted(name)} looks like ${form.words}. Firn does not support this format.`,
      ),
    ),
    ...failed.flatMap(({ table, problem }) =>
      wrapped(`${quoted(table)}: not managed. Its rows could not be read: ${quoted(problem!)}`),
    ),
    ...(timeless.length === 0
      ? []
      : wrapped(
          `Not managed, because no time column was found: ${timeless.map(({ table }) => quoted(table)).join(', ')}.`,
        )),
    '',
    '# Tables to keep forever. `firn retention status` then no longer lists them as not managed.',
    '#exempt: []',
    '',
  ].join('\n');
}

function isPreset(table: string): boolean {
  return includes([...OBSERVABILITY_POLICIES.map((policy) => policy.table), ...OBSERVABILITY_EXEMPT], table);
}

function includes(names: readonly string[], table: string): boolean {
  return names.some((name) => sameName(name, table));
}

function place(key: string, value: string | null, fallback: string): string {
  return value === null ? `#${key}: ${fallback}` : `${key}: ${quoted(value)}`;
}

function presetLines(found: boolean): string[] {
  return found
    ? [
        '# Use the built-in policies of the observability tables. Below, set only the keys that differ.',
        'preset: observability',
      ]
    : [
        '# The database has none of the observability tables, so their built-in policies are not used.',
        'preset: none',
      ];
}

function managedLines(
  { table, hotMs, warmMs, coldMs, timeColumn, openWhile }: Policy,
  { columns, effects = null }: TableLook,
): string[] {
  const [hot, warm, cold] = [hotMs, warmMs, coldMs].map(formatDuration);
  const missing = columns.every(({ name }) => !sameName(name, timeColumn));
  const open = openWhile === null ? '' : `, unfinished while ${openWhile}`;
  return [
    missing
      ? `  # ${table}: managed by the preset, but it has no column ${timeColumn}. Set time_column to another column.`
      : `  # ${table}: managed by the preset; its age counts from ${timeColumn}${open}.`,
    ...effectLines(table, effects),
    `  #${table}: { hot: ${hot}, warm: ${warm}, cold: ${cold}${effects === null ? '' : ', triggers: allow'} }`,
    '',
  ];
}

function proposalLines({ table, columns, samples, effects = null }: TableLook, time: TimeColumn): string[] {
  const isFilled = (name: string): boolean => {
    const values = samples.get(name) ?? [];
    return values.length === 0 || values.some((value) => value !== null);
  };
  const keys = columns
    .filter(({ name, key }) => key === 0 && /(_id|[a-z]Id)$/.test(name) && name.length <= LONGEST_NAME)
    .filter(({ name }) => isFilled(name))
    .map(({ name }) => quoted(name))
    .slice(0, 5);
  return [
    `  # ${quoted(table)}: not managed yet. ${quoted(time.name)}: ${time.reason}.`,
    ...effectLines(table, effects),
    `  #${quoted(table)}:`,
    '  #  hot: 30d # time in the database',
    '  #  warm: 90d # then in a file for each day',
    '  #  cold: 365d # then in a bundle for each month; 0d: delete at the end of warm',
    `  #  time_column: ${quoted(time.name)}`,
    ...(keys.length === 0 ? [] : [`  #  lookup_keys: [${keys.join(', ')}]`]),
    ...(effects === null
      ? []
      : ['  #  triggers: allow # set this only if these triggers may run for each archived row']),
    '',
  ];
}

/** A warning about what the table's triggers do when rows are deleted. */
function effectLines(table: string, effects: string | null): string[] {
  if (effects === null) return [];
  return wrapped(`${quoted(table)} is not archived unless \`triggers: allow\` is set: ${quoted(effects)}`);
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const KEYWORD = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** A name as YAML, on one line. */
function quoted(name: string): string {
  if (PLAIN.test(name) && !KEYWORD.test(name)) return name;
  const text = stringify(name, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd();
  // Characters that some readers take for the end of a line, or that change a terminal.
  return text.replaceAll(/[\x7f-\x9f\u2028\u2029]/g, escapedSign);
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  # ${word}`);
  }
  return lines;
}
