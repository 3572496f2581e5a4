import type { FleetConfig } from '../../config/fleet-config.ts';
import type { Context } from './context.ts';

/**
 * Turns the word on the command line into what the command works with; throws `FirnError('usage')` when it cannot.
 * `name` is the option or argument as the user knows it, for the message: `--older-than`.
 */
export type Parse<T> = (word: string, name: string) => T;

/** What a shell offers for a value: words of a fixed kind, or files. */
export type Completes = 'targets' | 'tables' | 'files' | 'folders';

/** One positional argument: `<name>` when it must be there, `[name]` when it may be, `[name...]` for the rest. */
export interface Argument<T> {
  readonly usage: string;
  readonly description: string;
  readonly choices?: readonly string[] | undefined;
  readonly completes?: Completes | undefined;
  readonly parse?: Parse<unknown> | undefined;
  readonly value?: T;
}

/** One option. `usage` is its flags as help prints them: `--older-than <DUR>`, `-n, --limit <N>`, `--json`. */
export interface Option<T> {
  readonly kind: 'flag' | 'value' | 'repeated' | 'toggle';
  readonly usage: string;
  readonly description: string;
  readonly choices?: readonly string[] | undefined;
  readonly conflicts?: readonly string[] | undefined;
  readonly completes?: Completes | undefined;
  readonly parse?: Parse<unknown> | undefined;
  readonly value?: T;
}

interface Extras<T> {
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  readonly parse?: Parse<T>;
}

/** A positional argument; with `[…]` in its usage it may be undefined, with `...` it is a list. */
export function argument<T = string>(
  usage: `<${string}>`,
  description: string,
  extras?: Extras<T>,
): Argument<NoInfer<T>>;
export function argument<T = string>(
  usage: `[${string}...]`,
  description: string,
  extras?: Extras<T>,
): Argument<readonly NoInfer<T>[]>;
export function argument<T = string>(
  usage: `[${string}]`,
  description: string,
  extras?: Extras<T>,
): Argument<NoInfer<T> | undefined>;
export function argument(
  usage: string,
  description: string,
  extras: Extras<unknown> = {},
): Argument<unknown> {
  return { usage, description, ...extras };
}

/** An option without a value: false unless given. */
export function flag(
  usage: string,
  description: string,
  extras: { readonly conflicts?: readonly string[] } = {},
): Option<boolean> {
  return { kind: 'flag', usage, description, ...extras };
}

/** An option with a value: undefined unless given. */
export function value<T = string>(
  usage: string,
  description: string,
  extras: Extras<T> = {},
): Option<NoInfer<T> | undefined> {
  return { kind: 'value', usage, description, ...extras };
}

/** An option with a value that may be given several times: a list, empty unless given. */
export function repeated<T = string>(
  usage: string,
  description: string,
  extras: Extras<T> = {},
): Option<readonly NoInfer<T>[]> {
  return { kind: 'repeated', usage, description, ...extras };
}

/** `--name` and `--no-name`: undefined unless one of them is given. `usage` is the positive form. */
export function toggle(usage: `--${string}`, description: string): Option<boolean | undefined> {
  return { kind: 'toggle', usage, description };
}

type Values<S> = { readonly [K in keyof S]: S[K] extends { readonly value?: infer T } ? T : never };

/** What a command is: its help as data, and what it does. */
export interface CommandSpec<
  A extends Readonly<Record<string, Argument<unknown>>>,
  O extends Readonly<Record<string, Option<unknown>>>,
> {
  /** Paragraphs below the summary in the command's help, one a line; they are wrapped there. */
  readonly description?: string;
  /** In the order they are typed. The keys are what `run` calls them. */
  readonly arguments?: A;
  /** In the order help lists them. The keys are what `run` calls them. */
  readonly options?: O;
  /** What to type, and what it is for. At least one. */
  readonly examples: readonly (readonly [commandLine: string, purpose: string])[];
  /** Does it and resolves to the exit status (`EXIT` in exit-status.ts). Failures are thrown as `FirnError`. */
  run(context: Context, args: Values<A>, options: Values<O>): Promise<number>;
  /** The same for all databases of a configuration that has several. Without it the command works on one. */
  many?(context: Context, fleet: FleetConfig, args: Values<A>, options: Values<O>): Promise<number>;
}

/** A command whose argument and option types are known only to itself. */
export interface Command {
  readonly description?: string;
  readonly arguments: Readonly<Record<string, Argument<unknown>>>;
  readonly options: Readonly<Record<string, Option<unknown>>>;
  readonly examples: readonly (readonly [commandLine: string, purpose: string])[];
  run(
    context: Context,
    args: Readonly<Record<string, unknown>>,
    options: Readonly<Record<string, unknown>>,
  ): Promise<number>;
  readonly many?: (
    context: Context,
    fleet: FleetConfig,
    args: Readonly<Record<string, unknown>>,
    options: Readonly<Record<string, unknown>>,
  ) => Promise<number>;
}

/** Declares a command; the types of `run`'s arguments and options follow from their declarations. */
export function defineCommand<
  A extends Readonly<Record<string, Argument<unknown>>> = Record<never, never>,
  O extends Readonly<Record<string, Option<unknown>>> = Record<never, never>,
>(spec: CommandSpec<A, O>): Command {
  const { many } = spec;
  return {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    arguments: spec.arguments ?? {},
    options: spec.options ?? {},
    examples: spec.examples,
    run: (context, args, options) => spec.run(context, args as Values<A>, options as Values<O>),
    ...(many === undefined
      ? {}
      : {
          many: (context, fleet, args, options) =>
            many(context, fleet, args as Values<A>, options as Values<O>),
        }),
  };
}
