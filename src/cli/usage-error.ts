import { FirnError } from '../model/errors.ts';
import { nearestName } from '../model/names.ts';
import { allCommands, GROUPS } from './command-list.ts';
import { commandWords, entryNamed } from './command-words.ts';
import { GLOBAL_OPTIONS } from './frame/global-options.ts';

/** Commander's error as a `FirnError` that suggests the command or option that was meant; any other error as it is. */
export async function asUsageError(error: unknown, argv: readonly string[]): Promise<unknown> {
  const code = (error as { code?: unknown }).code;
  if (!(error instanceof Error) || typeof code !== 'string' || !code.startsWith('commander.')) return error;
  const message = error.message.replace(/^error: /, '');
  const word = /^unknown (?:command|option) '(.*)'$/.exec(message)?.[1];
  const meant = word === undefined ? null : await suggestion(word, argv);
  const help = entryNamed(argv)?.name ?? groupNamed(argv);
  return new FirnError('usage', message, {
    operation: '',
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}See: ${['firn', help, '--help'].filter(Boolean).join(' ')}`,
    cause: error,
  });
}

function groupNamed(argv: readonly string[]): string | undefined {
  const [first] = commandWords(argv);
  return GROUPS.find(({ name }) => name === first)?.name;
}

async function suggestion(word: string, argv: readonly string[]): Promise<string | null> {
  if (word.startsWith('-')) return nearestName(word, await optionsFor(argv));
  const names = allCommands().map(({ name }) => name);
  const group = groupNamed(argv);
  if (group !== undefined) {
    const members = names.filter((name) => name.startsWith(`${group} `));
    return nearestName(
      word,
      members.map((name) => name.slice(group.length + 1)),
    );
  }
  const member = names.find((name) => name.endsWith(` ${word}`));
  return (
    member ??
    nearestName(word, [...names.filter((name) => !name.includes(' ')), ...GROUPS.map(({ name }) => name)])
  );
}

async function optionsFor(argv: readonly string[]): Promise<string[]> {
  const loaded = await entryNamed(argv)?.load();
  const options = [...Object.values(loaded?.command.options ?? {}), ...Object.values(GLOBAL_OPTIONS)];
  return [...options.flatMap(({ usage }) => usage.match(/--[a-z][a-z-]*/g) ?? []), '--help', '--version'];
}
