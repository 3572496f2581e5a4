import { allCommands, GROUPS } from './command-list.ts';
import type { CommandEntry } from './frame/command-entry.ts';
import { GLOBAL_OPTIONS } from './frame/global-options.ts';

/** The words that are neither options nor values of global options. */
export function commandWords(argv: readonly string[]): string[] {
  const valued = Object.values(GLOBAL_OPTIONS)
    .filter(({ kind }) => kind === 'value')
    .map(({ usage }) => usage.split(' ')[0]);
  return argv.filter((word, at) => !word.startsWith('-') && !valued.includes(argv[at - 1] ?? ''));
}

/** The command that a command line names; undefined when it names none that exists. */
export function entryNamed(argv: readonly string[]): CommandEntry | undefined {
  const [first, second] = commandWords(argv);
  const isGroup = GROUPS.some(({ name }) => name === first);
  const wanted = isGroup ? `${first} ${second ?? ''}` : first;
  return allCommands().find(({ name }) => name === wanted);
}
