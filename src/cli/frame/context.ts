import type { OutputUse } from '../../hot/own-path.ts';
import { answerText } from '../../library/answers/finding/exact-row.ts';
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
  /** The configuration in force, from flags, environment, file and defaults; read once. */
  config(): Promise<Config>;
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
  /** An error as this user should read it: a newcomer is told how to begin. */
  explain(error: unknown): Promise<unknown>;
}

export function createContext(world: Io, flags: GlobalFlags): Context {
  const io: Io = { ...world, stdout: harmlessOutput(world.stdout, world.env) };
  const [answered, said] = [visibleOn(io.stdout, io.env), visibleOn(io.stderr, io.env)];
  const aside = styleFor(io.stderr, io.env);
  let config: Promise<Config> | undefined;
  let known: Config | null = null;
  const getConfig = (): Promise<Config> => {
    config ??= readConfig(io, flags).then((read) => {
      known = read;
      if (flags.verbose) for (const line of describeOrigins(read)) note(line);
      return read;
    });
    return config;
  };
  const stores = async (): Promise<Stores> => {
    const { storesOf } = await import('../../stores/stores-of.ts');
    return storesOf(await getConfig(), io.clock);
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
    stores,
    read: async () => (await stores()).openReading(),
    write: async (command) => (await stores()).openWriting(command),
    outputPath: async (path, use) => {
      const { ownOutput } = await import('../../library/work/rows/own-output.ts');
      return ownOutput(await getConfig(), path, io.cwd, use);
    },
    print: (text) => io.stdout.write(`${answered(text)}\n`),
    json: (answer) => io.stdout.write(`${answerText(answer, 2)}\n`),
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

async function readConfig({ env, cwd }: Io, flags: GlobalFlags): Promise<Config> {
  const [{ loadConfig }, { readTextFile }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../config/text-file.ts'),
  ]);
  return loadConfig({ flags, env, cwd, readFile: readTextFile });
}
