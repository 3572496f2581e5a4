import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands, SECTIONS } from '../../src/cli/command-list.ts';
import type { Command } from '../../src/cli/frame/command.ts';
import type { CommandEntry } from '../../src/cli/frame/command-entry.ts';
import { EXIT_MEANINGS } from '../../src/cli/frame/exit-status.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/frame/global-options.ts';
import { readVersion } from '../../src/cli/frame/version.ts';
import { describe, optionRows, PURPOSE, type Row, usageLine } from '../../src/cli/help.ts';

/** Writes firn.1, and a page for each command such as firn-retention-status.1. */
export async function writeManPages(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'firn.1'), programPage());
  for (const entry of allCommands()) {
    const { command } = await entry.load();
    writeFileSync(join(folder, `${pageName(entry)}.1`), commandPage(entry, command));
  }
}

/** firn(1) */
export function programPage(): string {
  return page('firn', 'archive old rows of a live SQLite database', [
    section('Synopsis', ['.B firn', escaped('<command> [options]')]),
    section('Description', [escaped(PURPOSE.join(' '))]),
    section(
      'Commands',
      SECTIONS.flatMap(({ title, commands }) => [
        `.SS ${escaped(title)}`,
        ...terms(commands.map((entry) => [`${pageName(entry)}(1)`, entry.summary])),
      ]),
    ),
    section(
      'Global options',
      terms([
        ...optionRows(GLOBAL_OPTIONS),
        ['-h, --help', 'print help'],
        ['-V, --version', 'print the version'],
      ]),
    ),
    section('Exit status', terms(EXIT_MEANINGS.map(([status, meaning]) => [String(status), meaning]))),
    section(
      'Files',
      terms([
        ['firn.config.yaml', 'the configuration, in the current folder; written by firn-init(1)'],
        ['archives/', 'the archive folder'],
      ]),
    ),
  ]);
}

/** The page of one command. */
export function commandPage(entry: CommandEntry, command: Command): string {
  const [, ...rest] = usageLine(entry, command).split(`firn ${entry.name}`);
  const args = Object.values(command.arguments).map((given): Row => [given.usage, describe(given)]);
  const options = optionRows(command.options);
  const paragraphs = [`${entry.summary}.`, ...(command.description?.split('\n') ?? [])];
  return page(pageName(entry), `${entry.summary[0]!.toLowerCase()}${entry.summary.slice(1)}`, [
    section('Synopsis', [`.B firn ${escaped(entry.name)}`, escaped(rest.join('').trim())]),
    section('Description', paragraphs.map(escaped).join('\n.PP\n').split('\n')),
    args.length === 0 ? [] : section('Arguments', terms(args)),
    options.length === 0 ? [] : section('Options', terms(options)),
    section(
      'Examples',
      command.examples.flatMap(([line, purpose], at) => [
        ...(at === 0 ? [] : ['.PP']),
        `${escaped(purpose[0]!.toUpperCase() + purpose.slice(1))}:`,
        '.PP',
        '.RS 4',
        '.EX',
        escaped(line),
        '.EE',
        '.RE',
      ]),
    ),
    section('See also', ['.BR firn (1), global options and exit status']),
  ]);
}

function pageName({ name }: CommandEntry): string {
  return `firn-${name.replaceAll(' ', '-')}`;
}

function page(name: string, purpose: string, sections: readonly (readonly string[])[]): string {
  return [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "firn ${readVersion()}" "Firn"`,
    ...section('Name', [`${escaped(name)} \\- ${escaped(purpose)}`]),
    ...sections.flat(),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${title.toUpperCase()}`, ...lines];
}

function terms(rows: readonly Row[]): string[] {
  return rows.flatMap(([term, meaning]) => ['.TP', `.B ${escaped(term)}`, escaped(meaning)]);
}

/** Text as troff prints it: `-` as a minus, which can be copied; a line that begins with `.` or `'` is text, no request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(
      /[^\x00-\x7f]/gu,
      (character) => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^(?=\.)/gm, '\\&');
}
