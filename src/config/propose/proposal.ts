import type { LinkQuestion, SampledLink } from '../../hot/hot-checkup.ts';
import { DAY_MICROS } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import type { Policy } from '../../model/policy/policy.ts';
import {
  OBSERVABILITY_EXEMPT,
  OBSERVABILITY_PARENTS,
  OBSERVABILITY_POLICIES,
} from '../../model/policy/preset.ts';
import type { Settings } from '../programs/program-facts.ts';
import { judgeTables, type LeftBecause, type Verdict } from './judge.ts';
import { type KnownProgram, settingsOf } from './known-program.ts';
import { lookupColumns } from './lookup-columns.ts';
import type { TableLook } from './table-look.ts';
import { type TimeColumn, timesOf } from './time-column.ts';
import { yamlText } from './yaml-text.ts';

/** A table with the policy that `firn init` proposes for it. */
export interface ProposedTable {
  readonly look: TableLook;
  readonly settings: Settings;
  /** Why, as a sentence without its full stop. */
  readonly reason: string;
  /** The file manages it; otherwise its lines are commented out. */
  readonly active: boolean;
}

/** A table that `firn init` proposes no policy for. */
export interface LeftTable {
  readonly table: string;
  readonly because: LeftBecause | 'parent' | 'program';
  readonly reason: string;
}

/** What `firn init` proposes for a database. */
export interface Proposal {
  /** Tables of the preset that the database has. */
  readonly preset: readonly { readonly policy: Policy; readonly look: TableLook }[];
  readonly program: KnownProgram | null;
  readonly tables: readonly ProposedTable[];
  readonly left: readonly LeftTable[];
}

const LONGEST_NAME = 200;
const MONTH = 30;
const TIMES = { hot: '30d', warm: '90d', cold: '365d' } as const;

/** @param programs those whose configuration is known, the first that the database has counts. */
export function propose(
  looks: readonly TableLook[],
  links: (question: LinkQuestion) => readonly SampledLink[],
  programs: readonly KnownProgram[],
): Proposal {
  const preset = OBSERVABILITY_POLICIES.flatMap((policy) => {
    const look = looks.find(({ table }) => sameWord(table, policy.table));
    return look === undefined ? [] : [{ policy, look }];
  });
  const parents = preset.length === 0 ? [] : OBSERVABILITY_PARENTS;
  const own = looks.filter(({ table }) => !isPreset(table) && table.length <= LONGEST_NAME);
  const program = programs.find((one) => one.isIn(looks)) ?? null;
  const tables: ProposedTable[] = [];
  const left: LeftTable[] = [];
  for (const verdict of judgeTables(own, links)) {
    const { look } = verdict;
    const known = program === null ? null : settingsOf(program, look);
    const reason = program?.left.get(look.table);
    if (known !== null)
      tables.push({ look, settings: known, reason: `a table of ${program!.name}`, active: true });
    else if (reason !== undefined) left.push({ table: look.table, because: 'program', reason });
    else if (includes(parents, look.table))
      left.push({ table: look.table, because: 'parent', reason: 'rows of managed tables refer to it' });
    else if (verdict.kind === 'archive')
      tables.push({ look, settings: settingsFor(verdict), reason: inWords(verdict), active: false });
    else if (verdict.kind === 'with')
      tables.push({ look, settings: belonging(verdict), reason: belongsInWords(verdict), active: false });
    else left.push({ table: look.table, because: verdict.because, reason: verdict.reason });
  }
  return { preset, program, tables, left };
}

function settingsFor({ look, time }: Verdict): Settings {
  const keys = lookupColumns(look);
  return {
    ...{ ...TIMES, time_column: time!.name },
    ...(time!.format === undefined ? {} : { time_format: time!.format }),
    ...(keys.length === 0 ? {} : { lookup_keys: keys }),
    ...spanFor(look, time!),
  };
}

/** Segments of a longer span for a table that would have a file with a few rows for each day. */
function spanFor(look: TableLook, time: TimeColumn): Settings {
  const times = timesOf(look, time);
  const days = (Math.max(...times) - Math.min(...times)) / DAY_MICROS;
  if (look.rows === null || look.rows === undefined || times.length < 2 || days < MONTH) return {};
  const perDay = look.rows / days;
  return perDay < 5 ? { span: 'month' } : perDay < 50 ? { span: 'week' } : {};
}

function inWords({ time }: Verdict): string {
  return `${yamlText(time!.name)}: ${time!.reason}`;
}

type Child = Extract<Verdict, { kind: 'with' }>;

function belonging({ parent, by }: Child): Settings {
  return { with: parent, by };
}

function belongsInWords({ parent, by }: Child): string {
  return `its rows belong to rows of ${yamlText(parent)} (${yamlText(by)})`;
}

function isPreset(table: string): boolean {
  return includes([...OBSERVABILITY_POLICIES.map((policy) => policy.table), ...OBSERVABILITY_EXEMPT], table);
}

function includes(names: readonly string[], table: string): boolean {
  return names.some((name) => sameWord(name, table));
}
