import type { Argument, Command, Completes, Option } from '../frame/command.ts';
import type { CommandEntry, Group } from '../frame/command-entry.ts';
import { GLOBAL_OPTIONS } from '../frame/global-options.ts';

/** What a shell may offer at one place: words, files, folders, or nothing (anything may be typed). */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'folders' | 'anything' };

export interface Flag {
  /** Every way to write it: `-n`, `--limit`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined when it takes no value. */
  readonly value: Offer | undefined;
}

export interface Completable {
  /** `archive`, `retention status` */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What stands at each place behind the name. */
  readonly positions: readonly Offer[];
}

/** The command tree as a shell needs it. */
export interface CompletionModel {
  readonly groups: readonly Group[];
  readonly commands: readonly Completable[];
  readonly globals: readonly Flag[];
}

/** The names of the policies in force, offered for targets and tables. */
export interface PolicyNames {
  readonly tables: readonly string[];
  readonly groups: readonly string[];
}

export function completionModel(
  loaded: readonly (readonly [CommandEntry, Command])[],
  groups: readonly Group[],
  names: PolicyNames,
): CompletionModel {
  return {
    groups,
    globals: [
      ...flagsOf(GLOBAL_OPTIONS, names),
      { names: ['-h', '--help'], description: 'print help', value: undefined },
      { names: ['-V', '--version'], description: 'print the version', value: undefined },
    ],
    commands: loaded.map(([entry, command]) => ({
      name: entry.name,
      summary: entry.summary,
      flags: flagsOf(command.options, names),
      positions: Object.values(command.arguments).map((given) => offerOf(given, names)),
    })),
  };
}

function flagsOf(options: Readonly<Record<string, Option<unknown>>>, names: PolicyNames): Flag[] {
  return Object.values(options).map((option) => {
    const written = option.usage.match(/(?<!\S)--?[a-z][a-z-]*/g) ?? [];
    const negative = option.kind === 'toggle' ? [option.usage.replace('--', '--no-')] : [];
    const takesValue = option.kind === 'value' || option.kind === 'repeated';
    return {
      names: [...written, ...negative],
      description: option.description,
      value: takesValue ? offerOf(option, names) : undefined,
    };
  });
}

function offerOf(given: Argument<unknown> | Option<unknown>, names: PolicyNames): Offer {
  if (given.choices !== undefined) return { kind: 'words', words: given.choices };
  return given.completes === undefined ? { kind: 'anything' } : offerOfKind(given.completes, names);
}

function offerOfKind(completes: Completes, names: PolicyNames): Offer {
  switch (completes) {
    case 'targets':
      return { kind: 'words', words: ['all', ...[...names.groups, ...names.tables].filter(isPlain)] };
    case 'tables':
      return { kind: 'words', words: names.tables.filter(isPlain) };
    case 'files':
    case 'folders':
      return { kind: completes };
  }
}

/** Shells evaluate the words that a script offers: a name that means anything to one of them is left out. */
function isPlain(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name);
}
