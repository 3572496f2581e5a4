import {
  Argument as CommanderArgument,
  Command as CommanderCommand,
  Option as CommanderOption,
} from 'commander';
import { allCommands, GROUPS } from './command-list.ts';
import { commandWords, entryNamed } from './command-words.ts';
import type { Argument, Command, Option } from './frame/command.ts';
import type { CommandEntry } from './frame/command-entry.ts';
import type { GlobalFlags } from './frame/context.ts';
import { GLOBAL_OPTIONS } from './frame/global-options.ts';
import { renderCommandHelp, renderGroupHelp, renderProgramHelp, renderStart } from './help.ts';
import type { Style } from './terminal/style.ts';

/** A command line understood: what to run, with what. */
export interface Invocation {
  readonly entry: CommandEntry;
  readonly command: Command;
  readonly flags: GlobalFlags;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a command line asked for that is not a command: help or the version. */
export interface Answer {
  readonly text: string;
  readonly status: number;
}

/**
 * Understands a command line. Only the command it names is loaded. Rejects with commander's `CommanderError`, or with the `FirnError`
 * of a value's parser; never ends the process.
 */
export async function parseCommandLine(
  argv: readonly string[],
  style: Style,
  version: () => string,
): Promise<Invocation | Answer> {
  let said = '';
  let invocation: Invocation | undefined;
  const program = prepare(new CommanderCommand('firn'));
  const entries = new Map<CommanderCommand, CommandEntry>();

  function prepare(command: CommanderCommand): CommanderCommand {
    const hear = (text: string): void => {
      said += text;
    };
    return command
      .exitOverride()
      .helpOption('-h, --help')
      .showSuggestionAfterError(false)
      .configureOutput({
        writeOut: hear,
        writeErr: hear,
        getOutHasColors: () => true,
        getErrHasColors: () => true,
        outputError: () => undefined,
      });
  }

  function addLeaf(parent: CommanderCommand, word: string, entry: CommandEntry): void {
    const leaf = prepare(new CommanderCommand(word));
    entries.set(leaf, entry);
    parent.addCommand(leaf);
    // Filled in when it is named; see the hook below.
    leaf.action(() => undefined);
  }

  async function fill(leaf: CommanderCommand, entry: CommandEntry): Promise<void> {
    const { command } = await entry.load();
    leaf.configureHelp({ formatHelp: () => renderCommandHelp(entry, command, style) });
    for (const given of Object.values(command.arguments)) leaf.addArgument(toArgument(given));
    for (const option of Object.values(command.options)) addOption(leaf, option);
    leaf.action(() => {
      const args = Object.keys(command.arguments).map((key, at) => [key, leaf.processedArgs[at]]);
      const flags = program.opts<GlobalFlags>();
      invocation = { entry, command, flags, args: Object.fromEntries(args), options: leaf.opts() };
    });
  }

  program.configureHelp({ formatHelp: () => renderProgramHelp(style) });
  for (const option of Object.values(GLOBAL_OPTIONS)) addOption(program, option);
  program.option('-V, --version').on('option:version', () => {
    program.configureHelp({ formatHelp: () => `${version()}\n` }).help();
  });
  program.helpCommand(false);
  program.hook('preSubcommand', async (_, sub) => {
    const entry = entries.get(sub);
    if (entry !== undefined) await fill(sub, entry);
  });

  const groups = new Map<string, CommanderCommand>();
  for (const group of GROUPS) {
    const command = prepare(new CommanderCommand(group.name)).helpCommand(false);
    command.configureHelp({ formatHelp: () => renderGroupHelp(group, style) });
    command.hook('preSubcommand', async (_, sub) => {
      const entry = entries.get(sub);
      if (entry !== undefined) await fill(sub, entry);
    });
    groups.set(group.name, command);
    program.addCommand(command);
  }
  for (const entry of allCommands()) {
    const [first, second] = entry.name.split(' ') as [string, string?];
    if (second === undefined) addLeaf(program, first, entry);
    else addLeaf(groups.get(first) ?? program, second, entry);
  }

  try {
    await program.parseAsync(withoutDetours(argv), { from: 'user' });
  } catch (error) {
    const status = helpStatus(error);
    if (status === undefined) throw error;
    const isBare = status !== 0 && commandWords(argv).length === 0;
    return { text: isBare ? renderStart(style) : said, status };
  }
  return invocation ?? { text: renderStart(style), status: 1 };
}

/** `help archive` as `archive --help`. `--help` is dropped after an unknown command, so that the command is refused. */
function withoutDetours(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = commandWords(argv);
  if (first === 'help') return withoutDetours([...rest, '--help']);
  const group = rest.length === 0 && GROUPS.some(({ name }) => name === first);
  const exists = first === undefined || group || entryNamed(argv) !== undefined;
  return exists ? argv : argv.filter((word) => word !== '-h' && word !== '--help');
}

/** Commander ends help, asked for or not, with an error of its own; null for any other error. */
function helpStatus(error: unknown): number | undefined {
  const code = (error as { code?: unknown }).code;
  if (code === 'commander.helpDisplayed') return 0;
  return code === 'commander.help' ? (error as { exitCode: number }).exitCode : undefined;
}

function toArgument(given: Argument<unknown>): CommanderArgument {
  const argument = new CommanderArgument(given.usage, given.description);
  const { parse, choices } = given;
  if (parse !== undefined) argument.argParser((word: string) => parse(word, argument.name()));
  else if (choices !== undefined) argument.choices(choices);
  return argument;
}

function addOption(command: CommanderCommand, given: Option<unknown>): void {
  const option = new CommanderOption(given.usage, given.description);
  const name = option.long ?? given.usage;
  const { parse } = given;
  if (given.kind === 'repeated') {
    const collect = (word: string, before: readonly unknown[]): unknown[] => [
      ...before,
      parse === undefined ? word : parse(word, name),
    ];
    option.argParser(collect as (word: string, before: unknown) => unknown).default([]);
  } else if (parse !== undefined) {
    option.argParser((word: string) => parse(word, name));
  } else if (given.choices !== undefined) {
    option.choices(given.choices);
  }
  if (given.kind === 'flag') option.default(false);
  if (given.conflicts !== undefined) option.conflicts([...given.conflicts]);
  command.addOption(option);
  if (given.kind === 'toggle') command.addOption(new CommanderOption(given.usage.replace('--', '--no-')));
}
