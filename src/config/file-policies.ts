import { FirnError } from '../model/errors.ts';
import { nearestName, sameWord } from '../model/names.ts';
import { buildPolicySet, resolveTarget } from '../model/policy/policies.ts';
import type { Policy, PolicySet } from '../model/policy/policy.ts';
import {
  OBSERVABILITY_EXEMPT,
  OBSERVABILITY_POLICIES,
  OBSERVABILITY_WEEKLY,
} from '../model/policy/preset.ts';
import { AUTO } from '../model/time/time-format.ts';
import type { FileSettings } from './file-schema.ts';
import type { TableSettings } from './table-schema.ts';
import { configError, type YamlFile } from './yaml-file.ts';

export interface FilePolicies {
  readonly policies: PolicySet;
  /** Tables that the weekly job archives, in the set's order; the daily job archives all others. */
  readonly weekly: readonly string[];
  /** Tables whose policy the file gives or changes, and where. */
  readonly places: ReadonlyMap<string, string>;
}

const REQUIRED = ['hot', 'warm', 'cold', 'time_column'] as const;

/**
 * The policies of the preset with the file's changes, and the file's own.
 * @throws FirnError `config` naming the place of everything wrong.
 */
export function policiesOf(settings: FileSettings, file: YamlFile | null): FilePolicies {
  const preset = settings.preset !== 'none';
  const exempt = settings.exempt ?? [];
  const base = (preset ? OBSERVABILITY_POLICIES : []).filter(({ table }) => !includes(exempt, table));
  const kept = preset ? OBSERVABILITY_EXEMPT.filter((table) => !includes(exempt, table)) : [];
  const packing = packingOf({ compression: 'gzip' }, settings);

  const policies = new Map<string, Policy>(base.map((policy) => [policy.table, { ...policy, ...packing }]));
  const places = new Map<string, string>();
  const problems: string[] = [];
  if (hasIdleLevel(packing, settings)) problems.push(`${file?.place(['compression_level'])}: ${IDLE_LEVEL}`);
  for (const [name, table] of settings.tables ?? []) {
    const place = file?.place(['tables', name]) ?? '';
    const say = (problem: string): void => void problems.push(`${place}: ${problem}`);
    const known = [...policies.keys()].find((other) => sameWord(other, name));
    if (/^(_firn_|sqlite_)/i.test(name)) say(`table ${name} is one of Firn's own tables`);
    else if (includes([...places.keys()], name)) say(`table ${name} is listed twice`);
    else if (includes(exempt, name))
      say(`table ${name} has a policy and is also exempt. Remove one of the two.`);
    else if (includes(kept, name))
      say(`the preset keeps table ${name} forever. To manage it, set preset: none.`);
    else if (known !== undefined && (table.with !== undefined || table.by !== undefined))
      say(`table ${name} is in the preset, where its rows have a time of their own`);
    else if (known !== undefined) {
      policies.set(known, changed(policies.get(known)!, table));
      places.set(known, place);
    } else {
      const missing = REQUIRED.filter((key) => table[key] === undefined);
      const wrong = belongingProblem(table);
      if (wrong !== null) say(`table ${name} ${wrong}`);
      else if (missing.length > 0 && table.with === undefined)
        say(`table ${name} ${incomplete(missing, nearestName(name, policies.keys()))}`);
      else {
        policies.set(name, own(name, table, packing));
        places.set(name, place);
      }
    }
    if (hasIdleLevel(packingOf(packing, table), table)) say(`table ${name}: ${IDLE_LEVEL}`);
  }
  for (const [at, name] of exempt.entries()) {
    if (includes(exempt.slice(0, at), name))
      problems.push(`${file?.place(['exempt', at])}: table ${name} is listed twice`);
  }
  if (problems.length > 0) throw configError(file?.path ?? '', problems);

  const set = placed(file, ['groups'], () =>
    buildPolicySet([...policies.values()], [...kept, ...exempt], settings.groups ?? new Map()),
  );
  const targets = settings.weekly_tables ?? OBSERVABILITY_WEEKLY.filter((group) => set.groups.has(group));
  const weekly = new Set(
    targets.flatMap((target, at) => placed(file, ['weekly_tables', at], () => resolveTarget(set, target))),
  );
  return { policies: set, weekly: [...set.policies.keys()].filter((table) => weekly.has(table)), places };
}

/** A child has its time and its spans from its parent; nothing else may say them. */
function belongingProblem(given: TableSettings): string | null {
  if (given.with === undefined) return given.by === undefined ? null : 'has `by` without `with`';
  if (given.by === undefined) return 'has `with` and needs `by`: the column with the key of the parent row';
  const own = [...REQUIRED, 'span' as const, 'keep_last' as const].filter((key) => given[key] !== undefined);
  if (own.length === 0) return null;
  return `has the time and the policy of its parent \`${given.with}\`. Remove ${own.map((key) => `\`${key}\``).join(', ')}`;
}

function incomplete(missing: readonly string[], nearest: string | null): string {
  const needs = `is not in the preset. It needs ${missing.map((key) => `\`${key}\``).join(', ')}`;
  return nearest === null ? needs : `${needs}. Did you mean ${nearest}?`;
}

function own(table: string, given: TableSettings, packing: Packing): Policy {
  const nothing: Policy = {
    table,
    group: null,
    hotMs: 0,
    warmMs: 0,
    coldMs: 0,
    timeColumn: '',
    openWhile: null,
    lookupKeys: [],
    ...packing,
    references: 'keep',
  };
  return changed(nothing, given);
}

function changed(policy: Policy, given: TableSettings): Policy {
  const triggers = given.triggers ?? policy.triggers;
  const span = given.span ?? policy.span ?? 'day';
  const timeFormat = given.time_format ?? policy.timeFormat ?? AUTO;
  const references = given.references ?? policy.references;
  const belonging =
    given.with === undefined ? policy.with : { parent: given.with, by: [given.by ?? []].flat() };
  return {
    table: policy.table,
    group: given.group === undefined ? policy.group : given.group,
    hotMs: given.hot ?? policy.hotMs,
    warmMs: given.warm ?? policy.warmMs,
    coldMs: given.cold ?? policy.coldMs,
    timeColumn: given.time_column ?? policy.timeColumn,
    ...(timeFormat === AUTO ? {} : { timeFormat }),
    openWhile: given.open_while === undefined ? policy.openWhile : given.open_while,
    lookupKeys: given.lookup_keys ?? policy.lookupKeys,
    ...packingOf(policy, given),
    ...(triggers === 'allow' ? { triggers } : {}),
    ...(span === 'day' ? {} : { span }),
    ...(references === 'keep' ? { references } : {}),
    ...(belonging === undefined ? {} : { with: belonging }),
    ...rulesOf(policy, given),
  };
}

type Packing = Pick<Policy, 'compression' | 'compressionLevel'>;

const IDLE_LEVEL = '`compression: none` has no level. Remove `compression_level`.';

/** A level goes with the compression that it stands beside: another compression has its own default. */
function packingOf(
  before: Packing,
  { compression = before.compression, compression_level }: TableSettings | FileSettings,
): Packing {
  const inherited = compression === before.compression ? before.compressionLevel : undefined;
  const level = compression_level ?? inherited;
  return { compression, ...(level === undefined ? {} : { compressionLevel: level }) };
}

function hasIdleLevel({ compression }: Packing, given: TableSettings | FileSettings): boolean {
  return compression === 'none' && given.compression_level !== undefined;
}

/** The rules, each of them only where there is one. */
function rulesOf(policy: Policy, given: TableSettings): Pick<Policy, 'hotRules' | 'keepLast' | 'openUntil'> {
  const hotRules = given.hot_rules?.map(({ where, hot }) => ({ where, hotMs: hot })) ?? policy.hotRules ?? [];
  const keepLast = given.keep_last ?? policy.keepLast ?? 0;
  const openUntil = given.open_until ?? policy.openUntil;
  return {
    ...(hotRules.length === 0 ? {} : { hotRules }),
    ...(keepLast === 0 ? {} : { keepLast }),
    ...(openUntil === 'never' ? { openUntil } : {}),
  };
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((other) => sameWord(other, name));
}

/** Runs what may refuse a name, and says where the name stands. */
function placed<T>(file: YamlFile | null, keys: readonly (string | number)[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof FirnError) || file === null) throw error;
    throw configError(file.path, [`${file.place(keys)}: ${error.message}`]);
  }
}
