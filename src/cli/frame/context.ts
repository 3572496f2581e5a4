import type { Traffic } from '../../archive/traffic.ts';
import type { FleetConfig } from '../../config/fleet-config.ts';
import type { OutputUse } from '../../hot/own-path.ts';
import { answerText } from '../../library/answers/finding/exact-row.ts';
import { withTraffic } from '../../library/answers/traffic-answer.ts';
import { FirnError } from '../../model/errors.ts';
import type { Config, Origin } from '../../model/policy/config.ts';
import type { Reading, Stores, Writing } from '../../operate/stores.ts';
import type { Io } from '../terminal/io.ts';
import { type Style, styleFor } from '../terminal/style.ts';
import { wrapText } from '../terminal/text.ts';
import { harmlessOutput, visible, visibleOn } from '../terminal/visible.ts';
import { renderFailure } from './failure.ts';

/** What every command understands, before or after its name. */
export interface GlobalFlags {
  readonly dbPath: string | undefined;
  readonly archivePath: string | undefined;
  /** Which of several databases: its path, or a part of it. */
  readonly database: string | undefined;
  readonly config: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What a command is given to work with. */
export interface Context {
  readonly io: Io;
  readonly flags: GlobalFlags;
  /** How words look on stdout. */
  readonly style: Style;
  /** Columns of stdout, for tables. */
  readonly width: number;
  /** The configuration in force, from flags, environment, file and defaults; read once. Rejects with `usage` when it has several databases. */
  config(): Promise<Config>;
  /** The configuration of several databases, when all of them are meant; else null. */
  several(): Promise<FleetConfig | null>;
  /** Opens the stores that the configuration names. */
  stores(): Promise<Stores>;
  /** Opens database and archive to be looked at. */
  read(): Promise<Reading>;
  /** Opens them for a run that may change them, under the run lock; `command` is what others are told holds it. */
  write(command: string): Promise<Writing>;
  /**
   * The absolute path of a file that the user wants written. Throws `refused` for what belongs to the database, the archive or the
   * configuration, and for what is no file, `not_found` without its folder.
   */
  outputPath(path: string, use: OutputUse): Promise<string>;
  /** Writes the answer, or a part of it, to stdout; a line feed is added. */
  print(text: string): void;
  /** Writes the answer as JSON, indented by two spaces. */
  json(answer: unknown): void;
  /** What was asked of the server of the archives up to now; null for archives on this machine. */
  traffic(): Traffic | null;
  /** Says something on stderr that is not the answer; not with --quiet. */
  note(text: string): void;
  /** Says something on stderr that was asked for; also with --quiet. */
  say(render: (style: Style) => string): void;
  /** Names, on stderr, a command worth running next; not with --quiet. */
  next(commandLine: string, purpose: string): void;
  /** Says on stderr what the user should look at; also with --quiet. */
  warn(text: string): void;
  /** Says on stderr why a part of the work failed, in the same form as what ends a command. */
  fail(error: unknown): void;
  /** The error to print: without a configuration and a database, it names the first command to run. */
  explain(error: unknown): Promise<unknown>;
}

/** The one database that a command works on. */
export interface Chosen {
  readonly config: Config;
  stores(): Promise<Stores>;
}

/** @param bound the database; else the one of the configuration. */
export function createContext(world: Io, flags: GlobalFlags, bound?: Chosen): Context {
  const io: Io = { ...world, stdout: harmlessOutput(world.stdout, world.env) };
  const [answered, said] = [visibleOn(io.stdout, io.env), visibleOn(io.stderr, io.env)];
  const aside = styleFor(io.stderr, io.env);
  let known: Config | null = bound?.config ?? null;
  let loading: Promise<Config | FleetConfig> | undefined;
  const load = (): Promise<Config | FleetConfig> => {
    loading ??= loadConfiguration(io, flags);
    return loading;
  };
  let chosen: Promise<Chosen> | undefined;
  const choose = (): Promise<Chosen> => {
    chosen ??= (bound === undefined ? chooseOne(io, flags, load()) : Promise.resolve(bound)).then((read) => {
      known = read.config;
      if (flags.verbose) for (const line of describeOrigins(read.config)) note(line);
      return read;
    });
    return chosen;
  };
  const getConfig = async (): Promise<Config> => (await choose()).config;
  let opened: Stores | null = null;
  const stores = async (): Promise<Stores> => {
    opened ??= await (await choose()).stores();
    return opened;
  };
  const say = (render: (style: Style) => string): void => io.stderr.write(`${said(render(aside))}\n`);
  const note = (text: string): void => {
    if (!flags.quiet) io.stderr.write(`${visible(text)}\n`);
  };
  return {
    io,
    flags,
    style: styleFor(io.stdout, io.env),
    width: io.stdout.isTTY ? Math.max(60, io.stdout.columns) : 80,
    config: getConfig,
    several: async () => {
      if (bound !== undefined || flags.database !== undefined) return null;
      // What is wrong with the configuration is told by the command, in its own way.
      const loaded = await load().catch(() => null);
      return loaded !== null && 'databases' in loaded && loaded.only === null ? loaded : null;
    },
    stores,
    read: async () => (await stores()).openReading(),
    write: async (command) => (await stores()).openWriting(command),
    outputPath: async (path, use) => {
      const { ownOutput } = await import('../../library/work/rows/own-output.ts');
      return ownOutput(await getConfig(), path, io.cwd, use);
    },
    print: (text) => io.stdout.write(`${answered(text)}\n`),
    json: (answer) => io.stdout.write(`${answerText(withTraffic(answer, opened?.traffic() ?? null), 2)}\n`),
    traffic: () => opened?.traffic() ?? null,
    note,
    say,
    next: (commandLine, purpose) => {
      if (!flags.quiet)
        io.stderr.write(
          said(`\n${aside.faint('next:')} ${aside.name(commandLine)}  ${aside.faint(purpose)}\n`),
        );
    },
    warn: (text) => {
      const lines = io.stderr.isTTY
        ? wrapText(`warning: ${visible(text)}`, Math.max(60, io.stderr.columns))
        : [`warning: ${visible(text)}`];
      io.stderr.write(`${lines.join('\n  ').replace('warning:', aside.warning('warning:'))}\n`);
    },
    fail: (error) =>
      io.stderr.write(renderFailure(error, aside, flags.verbose || Boolean(io.env.FIRN_DEBUG))),
    explain: async (error) => {
      const { explainNoDatabase } = await import('./no-database.ts');
      return explainNoDatabase(error, known, io.cwd);
    },
  };
}

/** Where each value came from, and what did not count. */
function describeOrigins({ database, archives, origins }: Config): string[] {
  const said = (what: string, path: string, { detail, overrides }: Origin): string[] => [
    `${what}: ${path} (${detail})`,
    ...overrides.map((other) => `  not ${other.value} (${other.detail})`),
  ];
  return [
    `configuration: ${origins.file ?? 'no file'}`,
    ...said('database', database.text, origins.database),
    ...said('archives', archives.text, origins.archives),
  ];
}

async function chooseOne(
  io: Io,
  flags: GlobalFlags,
  loading: Promise<Config | FleetConfig>,
): Promise<Chosen> {
  const [{ oneOfSeveral }, loaded] = await Promise.all([import('../../config/load.ts'), loading]);
  if (!('databases' in loaded)) {
    const stores = async () => (await import('../../stores/stores-of.ts')).storesOf(loaded, io.clock);
    return { config: loaded, stores };
  }
  if (loaded.only === null && flags.database === undefined) throw oneOfSeveral(loaded.file);
  const { memberStores, openMember } = await import('../../stores/fleet/open-fleet.ts');
  const member = await openMember(loaded, io.clock, flags.database ?? null, io.cwd);
  return { config: member.config, stores: async () => memberStores(member, io.clock) };
}

/** The configuration in force, of one database or of several. */
async function loadConfiguration({ env, cwd }: Io, flags: GlobalFlags): Promise<Config | FleetConfig> {
  const [{ loadConfiguration: load }, { readTextFile }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../config/text-file.ts'),
  ]);
  const loaded = load({ flags, env, cwd, readFile: readTextFile });
  if (flags.database !== undefined && !('databases' in loaded)) {
    throw new FirnError(
      'usage',
      '--database chooses one of several databases, and the configuration has one',
      {
        operation: 'read the arguments',
        hint: 'List the databases in databases of the configuration, or pass --db-path PATH.',
      },
    );
  }
  return loaded;
}
