import { formatDuration } from '../../model/duration.ts';
import { sameWord } from '../../model/names.ts';
import type { Policy } from '../../model/policy/policy.ts';
import type { ArchivesSetting } from '../archives-setting.ts';
import type { LeftTable, Proposal, ProposedTable } from './proposal.ts';
import type { TableLook } from './table-look.ts';
import { comment, yamlText } from './yaml-text.ts';

/** Locations in the proposed file; null writes the default, commented out. */
export interface ProposedPlaces {
  /** Address of the JSON Schema, for editors. */
  readonly schema: string;
  readonly database: string | null;
  readonly archives: ArchivesSetting | null;
}

/**
 * A commented configuration file. It loads as it is, and also after the `#` of the lines of a proposal that is not active is
 * removed.
 */
export function configText(proposal: Proposal, places: ProposedPlaces): string {
  const { preset, program, tables, left } = proposal;
  const timeless = left.filter(({ because }) => because === 'no_time');
  const parents = left.filter(({ because }) => because === 'parent');
  const others = left.filter(({ because }) => because !== 'no_time' && because !== 'parent');
  return [
    `# yaml-language-server: $schema=${places.schema.replaceAll(/\s/g, '%20')}`,
    '#',
    '# Written by `firn init`. docs/configuration.md explains each key. Preview the effect: firn archive all --dry-run',
    '# To use a setting that is commented out (# without a space after it), remove its #.',
    '',
    place('database', places.database, 'database/ideas.db'),
    place('archives', places.archives, 'archives'),
    '',
    ...presetLines(preset.length > 0),
    '',
    'tables:',
    ...programLines(program),
    ...preset.flatMap(({ policy, look }) => presetTableLines(policy, look)),
    ...tables.flatMap(tableLines),
    ...listed('Not managed, because rows of managed tables refer to them', parents),
    ...others.flatMap(({ table, reason }) => comment(`${yamlText(table)}: not managed: ${oneLine(reason)}.`)),
    ...listed('Not managed, because no time column was found', timeless),
    '',
    '# Tables to keep forever. `firn retention status` then no longer lists them as not managed.',
    '#exempt: []',
    '',
  ].join('\n');
}

function place(key: string, value: ArchivesSetting | null, fallback: string): string {
  if (value === null) return `#${key}: ${fallback}`;
  if (typeof value === 'string') return `${key}: ${yamlText(value)}`;
  return `${key}:\n  warm: ${yamlText(value.warm)}\n  cold: ${yamlText(value.cold)}`;
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

function programLines(program: Proposal['program']): string[] {
  if (program === null) return [];
  const { name, versions, recipe, notes } = program;
  const page = ` docs/recipes/${recipe}.md explains this configuration.`;
  return [
    ...comment(`This is a database of ${name}; its schema is known for versions ${versions}.${page}`),
    ...notes.flatMap((note) => comment(note)),
    '',
  ];
}

function presetTableLines(
  { table, hotMs, warmMs, coldMs, timeColumn, openWhile }: Policy,
  { columns, effects = null }: TableLook,
): string[] {
  const [hot, warm, cold] = [hotMs, warmMs, coldMs].map(formatDuration);
  const missing = columns.every(({ name }) => !sameWord(name, timeColumn));
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

const MEANING: Readonly<Record<string, string>> = {
  hot: 'time in the database',
  warm: 'then in a file for each day',
  cold: 'then in a bundle for each month; 0d: delete at the end of warm',
  with: 'use it together with the policy of this table',
  span: 'a file covers a week or a month, because the table has few rows a day',
  triggers: 'set this only if these triggers may run for each archived row',
};

function tableLines({ look, settings, reason, active }: ProposedTable): string[] {
  const { table, effects = null } = look;
  const all =
    effects === null || settings.triggers !== undefined ? settings : { ...settings, triggers: 'allow' };
  const [head, indent] = active ? ['  ', '    '] : ['  #', '  #  '];
  const meaning = (key: string): string =>
    MEANING[key] === undefined || (active && key !== 'triggers') ? '' : ` # ${MEANING[key]}`;
  return [
    `  # ${yamlText(table)}: ${active ? '' : 'not managed yet. '}${oneLine(reason)}.`,
    ...(active && settings.triggers !== undefined ? [] : effectLines(table, effects)),
    `${head}${yamlText(table)}:`,
    ...Object.entries(all).map(([key, value]) => `${indent}${key}: ${yamlText(value)}${meaning(key)}`),
    '',
  ];
}

function listed(why: string, tables: readonly LeftTable[]): string[] {
  return tables.length === 0
    ? []
    : comment(`${why}: ${tables.map(({ table }) => yamlText(table)).join(', ')}.`);
}

/** A warning about what the table's triggers do when rows are deleted. */
function effectLines(table: string, effects: string | null): string[] {
  if (effects === null) return [];
  return comment(
    `${yamlText(table)} is not archived unless \`triggers: allow\` is set: ${yamlText(effects)}`,
  );
}

/** Names in a reason may hold line feeds. */
function oneLine(text: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(text) ? yamlText(text) : text;
}
