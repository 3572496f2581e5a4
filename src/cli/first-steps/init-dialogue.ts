import type { Settings } from '../../config/programs/program-facts.ts';
import type { Proposal, ProposedTable } from '../../config/propose/proposal.ts';
import { durationProblem } from '../../model/duration.ts';
import { dayOf } from '../../model/instant.ts';
import type { Prompter } from '../terminal/prompter.ts';
import { formatBytes, formatCount, plural } from '../terminal/quantity.ts';
import { PLAIN } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import type { Examined } from './init-database.ts';
import type { Outlook } from './init-outlook.ts';

const TIMES = ['hot', 'warm', 'cold'] as const;
const MEANING = {
  hot: 'in the database',
  warm: 'then in a file for each day',
  cold: 'then in a bundle for each month (0d: delete at the end of warm)',
} as const;
const MOST_LISTED = 15;

/** Asks which tables to archive and for how long; null when the person cancels. `width`: columns of the terminal. */
export async function chooseTables(
  prompter: Prompter,
  examined: Examined,
  width: number,
): Promise<Proposal | null> {
  const { proposal } = examined;
  const outlooks = await examined.outlook(examined.policiesOf(proposal, true));
  describe(prompter, examined, outlooks, width);
  if (proposal.tables.length === 0) return proposal;

  const roots = proposal.tables.filter(({ settings }) => settings.with === undefined);
  const answer = await prompter.several(
    'Which tables does Firn archive?',
    roots.map(({ look: { table }, active }) => ({
      ...{ value: table, label: table, hint: hintOf(table, proposal.tables, outlooks) },
      chosen: active || (proposal.program === null && (outlooks.get(table)?.leaving ?? 0) > 0),
    })),
  );
  if (answer === null) return null;
  const picked = withChildren(answer, proposal.tables);
  const chosen = proposal.tables.filter(({ look }) => picked.includes(look.table));
  const times = chosen.length === 0 ? new Map<string, Settings>() : await chooseTimes(prompter, chosen);
  if (times === null) return null;
  return {
    ...proposal,
    tables: proposal.tables.map((one) => ({
      ...one,
      active: picked.includes(one.look.table),
      settings: { ...one.settings, ...times.get(one.look.table) },
    })),
  };
}

/** Children follow their parents: a unit leaves as a whole. */
function withChildren(roots: readonly string[], tables: readonly ProposedTable[]): readonly string[] {
  return roots.flatMap((root) => [root, ...withChildren(childrenOf(root, tables), tables)]);
}

function childrenOf(parent: string, tables: readonly ProposedTable[]): readonly string[] {
  return tables.filter(({ settings }) => settings.with === parent).map(({ look }) => look.table);
}

function hintOf(
  table: string,
  tables: readonly ProposedTable[],
  outlooks: ReadonlyMap<string, Outlook>,
): string {
  const [, ...children] = withChildren([table], tables);
  const words = leavingWords(outlooks.get(table));
  return children.length === 0 ? words : `${words}, with ${children.join(', ')}`;
}

/** Says how many rows and bytes would leave the database with this proposal. */
export async function tellOutlook(prompter: Prompter, examined: Examined, proposal: Proposal): Promise<void> {
  const outlooks = [...(await examined.outlook(examined.policiesOf(proposal))).values()];
  const sum = (of: (outlook: Outlook) => number): number => outlooks.reduce((all, one) => all + of(one), 0);
  prompter.show(
    'With this configuration',
    `${plural(
      sum(({ leaving }) => leaving),
      'row',
    )} of ${formatCount(sum(({ rows }) => rows))} would be archived now, about ${formatBytes(sum(({ bytes }) => bytes))} of values.`,
  );
}

function describe(
  prompter: Prompter,
  { config, proposal }: Examined,
  outlooks: ReadonlyMap<string, Outlook>,
  width: number,
): void {
  const { preset, program, tables, left } = proposal;
  if (program !== null)
    prompter.show(
      `This is a database of ${program.name}`,
      [`Known versions: ${program.versions}`, ...program.notes].join('\n'),
    );
  if (preset.length > 0)
    prompter.show(
      'Built-in policies (preset observability)',
      `${plural(preset.length, 'observability table')}: ${preset.map(({ policy }) => policy.table).join(', ')}`,
    );
  if (tables.length > 0)
    prompter.show(`Tables of ${config.database.text}`, overview(tables, outlooks, width - 6));
  const reasons = left.filter(({ because }) => because !== 'no_time');
  const listed = reasons.slice(0, MOST_LISTED).map(({ table, reason }) => `${table}: ${reason}`);
  const more = left.length - listed.length;
  if (left.length > 0)
    prompter.show(
      'Not archived',
      [...listed, ...(more > 0 ? [`${more} more, listed in the file`] : [])].join('\n'),
    );
}

function overview(
  tables: readonly ProposedTable[],
  outlooks: ReadonlyMap<string, Outlook>,
  width: number,
): string {
  const columns = [
    { title: 'TABLE' },
    { title: 'ROWS', align: 'right' as const },
    { title: 'TIME' },
    { title: 'OLDEST' },
    { title: 'NEWEST' },
    { title: 'LEAVE', align: 'right' as const },
  ];
  const rows = tables.map(({ look: { table }, settings }) => {
    const found = outlooks.get(table);
    return [
      ...[table, found === undefined ? '?' : formatCount(found.rows), timeWords(settings)],
      ...[found?.oldest, found?.newest].map((time) =>
        time === null || time === undefined ? '–' : dayOf(time),
      ),
      found === undefined ? '?' : formatCount(found.leaving),
    ];
  });
  return renderTable(columns, rows, PLAIN, width);
}

function timeWords({ time_column: time, with: parent }: Settings): string {
  return typeof time === 'string' ? time : typeof parent === 'string' ? `with ${parent}` : '–';
}

function leavingWords(outlook: Outlook | undefined): string {
  if (outlook === undefined) return 'its rows could not be counted';
  const { leaving, rows, bytes } = outlook;
  return leaving === 0
    ? `no row of ${formatCount(rows)} would be archived now`
    : `${formatCount(leaving)} of ${plural(rows, 'row')} would be archived, about ${formatBytes(bytes)}`;
}

/** The times of each chosen table that differ from the proposed ones; null when the person cancels. */
async function chooseTimes(
  prompter: Prompter,
  chosen: readonly ProposedTable[],
): Promise<ReadonlyMap<string, Settings> | null> {
  const timed = chosen.filter(({ settings }) => settings.hot !== undefined);
  if (timed.length === 0) return new Map();
  const how = await prompter.one('How long are rows kept?', [
    { value: 'proposed', label: 'as proposed', hint: timesWords(timed), chosen: true },
    { value: 'same', label: 'the same times for all tables', chosen: false },
    { value: 'each', label: 'table by table', chosen: false },
  ]);
  if (how === null) return null;
  if (how === 'proposed') return new Map();
  const times = new Map<string, Settings>();
  if (how === 'same') {
    const same = await askTimes(prompter, '', timed[0]!.settings);
    if (same === null) return null;
    for (const { look } of timed) times.set(look.table, same);
    return times;
  }
  for (const { look, settings } of timed) {
    const own = await askTimes(prompter, `${look.table}: `, settings);
    if (own === null) return null;
    times.set(look.table, own);
  }
  return times;
}

function timesWords(tables: readonly ProposedTable[]): string {
  const sets = new Set(
    tables.map(({ settings }) => TIMES.map((key) => `${key} ${settings[key]}`).join(', ')),
  );
  return sets.size === 1 ? [...sets][0]! : 'they differ by table';
}

async function askTimes(prompter: Prompter, prefix: string, settings: Settings): Promise<Settings | null> {
  const times: Record<string, string> = {};
  for (const key of TIMES) {
    const answer = await prompter.text(
      `${prefix}${key}: time ${MEANING[key]}`,
      String(settings[key]),
      (words) => durationProblem(words.trim()),
    );
    if (answer === null) return null;
    times[key] = answer.trim();
  }
  return times;
}
