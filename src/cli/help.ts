import { allCommands, SECTIONS } from './command-list.ts';
import type { Argument, Command, Option } from './frame/command.ts';
import type { CommandEntry, Group } from './frame/command-entry.ts';
import { EXIT_MEANINGS } from './frame/exit-status.ts';
import { GLOBAL_OPTIONS } from './frame/global-options.ts';
import type { Style } from './terminal/style.ts';
import { wrapText } from './terminal/text.ts';

const WIDTH = 80;

/** A word of the command line, and what it means. */
export type Row = readonly [term: string, meaning: string];

/** What Firn is for, in lines of a terminal. */
export const PURPOSE: readonly string[] = [
  'Firn moves old rows out of a live SQLite database into compressed, searchable',
  'archive files. It deletes rows from the database only after it has verified the',
  'files.',
];

/** Two columns below each other: terms padded to the same width, meanings wrapped beside them. */
function columns(rows: readonly Row[], style: Style, indent = 2): string[] {
  const termWidth = Math.min(28, Math.max(...rows.map(([term]) => term.length)));
  const lines: string[] = [];
  for (const [term, meaning] of rows) {
    const wrapped = wrapText(meaning, WIDTH - indent - termWidth - 2);
    const pad = ' '.repeat(indent);
    if (term.length > termWidth) lines.push(pad + style.name(term));
    wrapped.forEach((line, at) => {
      const left = at === 0 && term.length <= termWidth ? term : '';
      lines.push(`${pad}${style.name(left)}${' '.repeat(termWidth - left.length + 2)}${line}`);
    });
  }
  return lines;
}

function block(title: string, lines: readonly string[], style: Style): string[] {
  return ['', style.heading(`${title}:`), ...lines];
}

export function optionRows(options: Readonly<Record<string, Option<unknown>>>): Row[] {
  return Object.values(options).map((option) => [
    option.kind === 'toggle' ? `${option.usage}, ${option.usage.replace('--', '--no-')}` : option.usage,
    describe(option),
  ]);
}

export function describe(given: Option<unknown> | Argument<unknown>): string {
  const choices = given.choices === undefined ? '' : `: ${given.choices.join(', ')}`;
  const again = 'kind' in given && given.kind === 'repeated' ? ' (can be repeated)' : '';
  return `${given.description}${choices}${again}`;
}

function globalBlock(style: Style): string[] {
  const rows: Row[] = [
    ...optionRows(GLOBAL_OPTIONS),
    ['-h, --help', 'print help'],
    ['-V, --version', 'print the version'],
  ];
  return block('Global options (before or after the command)', columns(rows, style), style);
}

function exitCodeBlock(style: Style): string[] {
  const rows = EXIT_MEANINGS.map(([code, meaning]): Row => [String(code), meaning]);
  return block('Exit codes', columns(rows, style), style);
}

/** Points to what only the help of `firn` has. */
function pointer(style: Style): string {
  return `Global options and exit codes: ${style.name('firn --help')}`;
}

/** The help of `firn`. */
export function renderProgramHelp(style: Style): string {
  const lines = [
    ...PURPOSE,
    ...block('Usage', ['  firn <command> [options]'], style),
    '',
    style.heading('Available commands:'),
  ];
  const widest = Math.max(...allCommands().map(({ name }) => name.length));
  for (const section of SECTIONS) {
    lines.push(`  ${style.faint(section.title)}`);
    const rows = section.commands.map(({ name, summary }): Row => [name.padEnd(widest), summary]);
    lines.push(...columns(rows, style, 4));
  }
  lines.push(...globalBlock(style), ...exitCodeBlock(style));
  lines.push('', `Help for a command: ${style.name('firn <command> --help')}`);
  return `${lines.join('\n')}\n`;
}

/** What bare `firn` prints: how to begin, and the names of the commands. */
export function renderStart(style: Style): string {
  const steps: Row[] = [
    ['firn demo', 'run a demonstration on a generated database'],
    ['firn init PATH', 'write a configuration for your SQLite database'],
    ['firn archive all --dry-run', 'preview what would be archived'],
    ['firn doctor', 'check the installation and suggest remedies'],
    ['firn web --open', 'look at database and archives in your browser'],
  ];
  const lines = [...PURPOSE, ...block('To begin', columns(steps, style), style)];
  const rows = SECTIONS.map(
    ({ title, commands }): Row => [title, commands.map(({ name }) => name).join(', ')],
  );
  lines.push(...block('Available commands', columns(rows, style), style));
  lines.push('', `Commands, options and exit codes: ${style.name('firn --help')}`);
  lines.push(`Help for a command: ${style.name('firn <command> --help')}`);
  return `${lines.join('\n')}\n`;
}

/** The help of a group such as `firn retention`. */
export function renderGroupHelp(group: Group, style: Style): string {
  const members = allCommands().filter(({ name }) => name.startsWith(`${group.name} `));
  const rows = members.map(({ name, summary }): Row => [name.slice(group.name.length + 1), summary]);
  const title = `${group.name.charAt(0).toUpperCase()}${group.name.slice(1)} subcommands`;
  const lines = [
    group.summary,
    ...block('Usage', [`  firn ${group.name} <subcommand> [options]`], style),
    ...block(title, columns(rows, style), style),
    '',
    `Help for a subcommand: ${style.name(`firn ${group.name} <subcommand> --help`)}`,
    pointer(style),
  ];
  return `${lines.join('\n')}\n`;
}

/** `firn archive <target> [options]` */
export function usageLine(entry: CommandEntry, command: Command): string {
  const args = Object.values(command.arguments).map(({ usage }) => ` ${usage}`);
  return `firn ${entry.name}${args.join('')} [options]`;
}

/** A long command line, broken in front of an option as a shell understands it. */
function continued(line: string): string[] {
  const at = line.lastIndexOf(' --', WIDTH - 2);
  if (line.length <= WIDTH || at <= 0) return [line];
  return [`${line.slice(0, at)} \\`, ...continued(`    ${line.slice(at)}`)];
}

/** The help of one command. */
export function renderCommandHelp(entry: CommandEntry, command: Command, style: Style): string {
  const lines = [entry.summary];
  if (command.description !== undefined)
    lines.push('', ...command.description.split('\n').flatMap((line) => wrapText(line, WIDTH)));
  lines.push(...block('Usage', [`  ${usageLine(entry, command)}`], style));
  const args = Object.values(command.arguments).map((given): Row => [given.usage, describe(given)]);
  if (args.length > 0) lines.push(...block('Arguments', columns(args, style), style));
  const options = optionRows(command.options);
  if (options.length > 0) lines.push(...block('Options', columns(options, style), style));
  const examples = command.examples.flatMap(([line, purpose]) => [
    `  ${style.faint(`# ${purpose}`)}`,
    ...continued(`  ${line}`),
  ]);
  lines.push(...block('Examples', examples, style), '', pointer(style));
  return `${lines.join('\n')}\n`;
}
