import { dirname, relative, resolve } from 'node:path';
import { FirnError } from '../model/errors.ts';
import { locationText, parseLocation } from '../model/location.ts';
import type { Config, Origin, WebSettings } from '../model/policy/config.ts';
import type { PolicySet } from '../model/policy/policy.ts';
import { type S3Settings, s3Defaults } from '../model/policy/s3-settings.ts';
import {
  type ArchivesSetting,
  archivesText,
  parseArchives,
  requireBesideDatabase,
} from './archives-setting.ts';
import { archivesTemplate, namesIdentity } from './archives-template.ts';
import { checkFile } from './check-file.ts';
import { policiesOf } from './file-policies.ts';
import type { FileSettings } from './file-schema.ts';
import { type FleetConfig, fleetConfig, type SharedSettings } from './fleet-config.ts';
import { configError, readYaml, type YamlFile } from './yaml-file.ts';

export const CONFIG_FILE = 'firn.config.yaml';
const DEFAULT_DATABASE = 'database/ideas.db';
const DEFAULT_ARCHIVES = 'archives';

/** What a configuration is made of. */
export interface ConfigSources {
  /** As given on the command line; relative paths start at `cwd`, as those of the environment do. */
  readonly flags: {
    readonly dbPath?: string | undefined;
    readonly archivePath?: string | undefined;
    readonly config?: string | undefined;
  };
  /** FIRN_DB, FIRN_ARCHIVES and FIRN_CONFIG are looked at, and for archives on S3 those of AWS; an empty one counts as not set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The text of a file; null when there is none. */
  readFile(path: string): string | null;
}

/**
 * One checked configuration. Each path comes from the strongest source that has it: flag, environment, file, default.
 * @throws FirnError `usage` for an empty flag and for a configuration of several databases, `config` for a file that is named but not
 * there, or anything wrong in it.
 */
export function loadConfig(sources: ConfigSources): Config {
  const loaded = loadConfiguration(sources);
  if (!('databases' in loaded)) return loaded;
  throw oneOfSeveral(loaded.file);
}

/** For what works on one database, when the configuration has several. */
export function oneOfSeveral(file: string): FirnError {
  return new FirnError('usage', 'this works on one database, and the configuration has several', {
    operation: 'read the configuration',
    path: file,
    hint: 'Pass --database NAME, or --db-path PATH.',
  });
}

/** The same, also for several databases. */
export function loadConfiguration({ flags, env, cwd, readFile }: ConfigSources): Config | FleetConfig {
  const file = findFile(flags.config, env.FIRN_CONFIG, cwd, readFile);
  const settings: FileSettings = file === null ? {} : checkFile(file.yaml);
  const folder = dirname(file?.path ?? cwd);
  const candidates = <T>(
    key: 'database' | 'archives',
    inFile: T | undefined,
    flag: Given<T>,
    variable: Given<T>,
    usual: T,
  ): Candidate<T>[] => [
    { from: 'flag', ...flag },
    { from: 'environment', ...variable },
    { from: 'file', detail: file?.yaml.place([key]) ?? '', value: inFile, folder },
    { from: 'default', detail: 'default', value: usual },
  ];
  const databases = candidates<string>(
    'database',
    settings.database,
    { detail: '--db-path', value: flags.dbPath },
    { detail: 'FIRN_DB', value: env.FIRN_DB },
    DEFAULT_DATABASE,
  );
  const archives = candidates<ArchivesSetting>(
    'archives',
    settings.archives,
    { detail: '--archive-path', value: flags.archivePath },
    { detail: 'FIRN_ARCHIVES', value: env.FIRN_ARCHIVES },
    DEFAULT_ARCHIVES,
  );
  const rest = restOf(settings, file, env);
  const only = databases.find((one) => ['flag', 'environment'].includes(one.from) && isGiven(one));
  const where = archives.find(isGiven)!;
  const literal = only !== undefined && ['flag', 'environment'].includes(where.from);
  if (settings.databases !== undefined && (namesIdentity(where.value!) || !literal)) {
    if (settings.database !== undefined)
      throw configError(file!.yaml.path, [
        `${file!.yaml.place(['databases'])}: \`database\` and \`databases\` are both set. Remove one of the two.`,
      ]);
    const template = archivesTemplate(where.value!, where.folder ?? cwd, where.detail);
    const inFile: Candidate<string> = {
      from: 'file',
      detail: file!.yaml.place(['databases']),
      value: undefined,
    };
    return fleetConfig({
      ...{ file: file!.path, folder, databases: settings.databases, archives: template },
      only: only === undefined ? null : resolve(cwd, only.value!),
      settings: rest,
      origins: { ...rest.origins, database: plainOrigin(only ?? inFile), archives: plainOrigin(where) },
    });
  }
  if (namesIdentity(where.value!)) {
    throw new FirnError('config', `${where.detail}: {identity} is for several databases`, {
      operation: 'read the configuration',
      hint: 'List the databases in `databases`, or remove {identity}.',
    });
  }
  const database = strongest(databases, cwd, parseLocation, locationText);
  const archive = strongest(archives, cwd, parseArchives, archivesText);
  requireBesideDatabase(archive.place, database.place);
  return {
    ...rest,
    ...{ database: database.place, archives: archive.place },
    origins: { ...rest.origins, database: database.origin, archives: archive.origin },
  };
}

function plainOrigin({ from, detail }: Pick<Candidate<unknown>, 'from' | 'detail'>): Origin {
  return { from, detail, overrides: [] };
}

type Rest = SharedSettings & { readonly origins: Omit<Config['origins'], 'database' | 'archives'> };

/** Everything but the paths. */
function restOf(settings: FileSettings, file: FoundFile | null, env: ConfigSources['env']): Rest {
  const { policies, weekly, places } = policiesOf(settings, file?.yaml ?? null);
  const { schedule = {}, hooks = {} } = settings;
  return {
    policies,
    weeklyTables: weekly,
    schedule: {
      ...schedulesOf(schedule, policies, weekly),
      jitterMs: schedule.jitter ?? null,
      timeZone: schedule.time_zone ?? null,
    },
    quietHours: settings.quiet_hours ?? [],
    pace: settings.pace ?? 1,
    maxRuntimeMs: settings.max_runtime ?? null,
    hooks: { onFailure: hooks.on_failure ?? null, onOverdue: hooks.on_overdue ?? null },
    reclaim: settings.reclaim ?? 'never',
    lake: settings.lake ?? false,
    databaseLimit:
      settings.limits?.database === undefined
        ? null
        : { bytes: settings.limits.database, minHotMs: settings.limits.min_hot ?? 0 },
    web: settings.web === undefined ? null : webSettings(settings.web, dirname(file?.path ?? '')),
    s3: s3Settings(settings.s3 ?? {}, env, dirname(file?.path ?? '')),
    origins: { file: file?.path ?? null, tables: places },
  };
}

function webSettings(given: NonNullable<FileSettings['web']>, folder: string): WebSettings {
  return {
    listen: given.listen ?? null,
    allowChanges: given.allow_changes ?? false,
    passwordFile: given.password_file === undefined ? null : resolve(folder, given.password_file),
    userHeader: given.user_header ?? null,
    proxies: given.proxies ?? ['127.0.0.1', '::1'],
    hosts: given.hosts ?? [],
  };
}

function s3Settings(
  given: NonNullable<FileSettings['s3']>,
  env: ConfigSources['env'],
  folder: string,
): S3Settings {
  const { spool, storage_class: classes = {}, allow_unconditional: allowUnconditional = false } = given;
  const { warm, cold } = typeof classes === 'string' ? { warm: classes, cold: classes } : classes;
  return {
    ...s3Defaults(env),
    ...{ spool: spool === undefined ? null : resolve(folder, spool), allowUnconditional },
    storageClass: { warm: warm ?? null, cold: cold ?? null },
  };
}

/** A job that has no tables has no schedule: nothing is to be installed for it, and it is never overdue. */
function schedulesOf(
  given: NonNullable<FileSettings['schedule']>,
  { policies }: PolicySet,
  weekly: readonly string[],
): Pick<Config['schedule'], 'daily' | 'weekly' | 'monthly'> {
  const when = (cron: string | null | undefined, usual: string, hasWork: boolean): string | null => {
    if (!hasWork) return null;
    return cron === undefined ? usual : cron;
  };
  return {
    daily: when(given.daily, '0 2 * * *', policies.size > weekly.length),
    weekly: when(given.weekly, '0 3 * * 0', weekly.length > 0),
    monthly: when(given.monthly, '0 4 1 * *', policies.size > 0),
  };
}

interface Given<T> {
  readonly detail: string;
  readonly value: T | undefined;
}

interface Candidate<T> extends Given<T> {
  readonly from: Origin['from'];
  /** Where a relative path starts; without it the working directory. */
  readonly folder?: string;
}

/** The strongest value that is given, parsed, and the texts of the others. */
function strongest<T, P extends { readonly text: string }>(
  candidates: readonly Candidate<T>[],
  cwd: string,
  parse: (value: T, folder: string, source: string) => P,
  textOf: (value: T, folder: string) => string,
): { readonly place: P; readonly origin: Origin } {
  const given = candidates.filter((candidate): candidate is Candidate<T> & { value: T } =>
    isGiven(candidate),
  );
  const [first, ...others] = given as [(typeof given)[0], ...typeof given];
  const place = parse(first.value, first.folder ?? cwd, first.detail);
  const overrides = others
    .map(({ from, detail, value, folder }) => ({ from, detail, value: textOf(value, folder ?? cwd) }))
    .filter(({ from, value }) => from !== 'default' && value !== place.text)
    .map(({ detail, value }) => ({ detail, value }));
  return { place, origin: { from: first.from, detail: first.detail, overrides } };
}

function isGiven({ from, detail, value }: Candidate<unknown>): boolean {
  if (value === '' && from === 'flag') {
    throw new FirnError('usage', `${detail} is empty`, { operation: 'read the arguments', path: detail });
  }
  return value !== undefined && value !== '';
}

interface FoundFile {
  readonly path: string;
  readonly yaml: YamlFile;
}

function findFile(
  flag: string | undefined,
  variable: string | undefined,
  cwd: string,
  readFile: ConfigSources['readFile'],
): FoundFile | null {
  const named = [
    { from: 'flag' as const, detail: '--config', value: flag },
    { from: 'environment' as const, detail: 'FIRN_CONFIG', value: variable },
  ].find(isGiven);
  const path = resolve(cwd, named?.value ?? CONFIG_FILE);
  const text = readFile(path);
  if (text !== null) return { path, yaml: readYaml(relative(cwd, path) || path, text) };
  if (named === undefined) return null;
  throw new FirnError('config', `file not found: ${path} (from ${named.detail})`, {
    operation: 'read the configuration',
    path,
    hint: 'Run: firn init PATH (the path of your database). It creates a configuration file.',
  });
}
