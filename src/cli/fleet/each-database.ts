import { FirnError } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { Member } from '../../stores/fleet/fleet-member.ts';
import { type Fleet, memberStores } from '../../stores/fleet/open-fleet.ts';
import { type Chosen, type Context, createContext } from '../frame/context.ts';
import { failureFacts } from '../frame/failure.ts';
import { type DatabaseEntry, entryJson, failedEntry, notReached } from './database-entry.ts';
import { shortNames } from './database-names.ts';
import { renderSummary, summaryJson, type Tally, tallyOf } from './fleet-summary.ts';
import { JsonList } from './json-list.ts';
import { worstStatus } from './worst-status.ts';

/** A command at work on one of several databases. */
export interface OneDatabase {
  readonly member: Member;
  readonly context: Context;
  /** What is left of the time for all, in milliseconds; null: no limit. */
  readonly remainingMs: Milliseconds | null;
}

/** What a command came to: its exit status, its JSON where it did not print it, and what is worth a line of the report. */
export interface Worked {
  readonly status: number;
  readonly result?: object;
  readonly message?: string | undefined;
  readonly needsAttention?: boolean | undefined;
}

export interface EachOptions {
  /** Whether the answer is JSON: one document, with an element for each database. */
  readonly json: boolean;
  /** Whether the command gives a new database its identity. */
  readonly changes?: boolean;
  /** Keys of the document before the list. */
  readonly head: object;
  /** How long all may take together, in milliseconds; null: no limit. */
  readonly budgetMs?: Milliseconds | null;
  /** Where the document goes; else to stdout. */
  readonly write?: (text: string) => void;
  /** Instead of the order of the paths. */
  readonly inOrder?: (members: readonly Member[]) => readonly Member[];
  /** An entry without work; null: there is work. */
  readonly spare?: (member: Member) => Promise<DatabaseEntry | null>;
  /** Told of every entry that is not spared. */
  readonly onEntry?: (entry: DatabaseEntry) => Promise<void> | void;
  /** Keys of the document after the list. */
  readonly tail?: () => object;
  /** Asked before each database: why no further one is begun, or null. */
  readonly stop?: () => string | null;
}

/**
 * Runs a command for each of several databases, one after the other. A database that fails keeps none of the others from their turn.
 * Resolves to the worst exit status.
 */
export async function eachDatabase(
  context: Context,
  fleet: Fleet,
  run: (one: OneDatabase) => Promise<Worked>,
  options: EachOptions,
): Promise<number> {
  const { io } = context;
  const began = io.clock.monotonic();
  const members = options.inOrder?.(fleet.members) ?? fleet.members;
  const names = shortNames(members.map(({ database }) => database));
  const tally: Tally = tallyOf(fleet.problems);
  const list = options.json
    ? new JsonList(options.write ?? ((text) => io.stdout.write(text)), options.head, 'databases')
    : null;
  const remaining = (): number | null =>
    options.budgetMs == null ? null : Math.max(0, options.budgetMs - (io.clock.monotonic() - began));
  for (const member of members) {
    const name = names.get(member.database)!;
    const entry = await entryOf(member, name);
    tally.add(name, entry);
    list?.add(entryJson(entry));
  }
  for (const problem of fleet.problems) context.fail(problem);
  const status = worstStatus([...tally.statuses, ...fleet.problems.map(() => 1)]);
  const tail = {
    ...options.tail?.(),
    problems: fleet.problems.map(failureFacts),
    summary: summaryJson(tally),
  };
  if (list !== null) list.end({ ...tail, exit_status: status });
  else context.print(renderSummary(tally, context.style, context.width));
  return status;

  async function entryOf(member: Member, name: string): Promise<DatabaseEntry> {
    const stopped = io.signal.aborted ? `stop requested (${String(io.signal.reason)})` : null;
    const over = remaining() === 0 ? 'the maximum runtime is reached' : null;
    const reason = stopped ?? over ?? options.stop?.() ?? null;
    if (reason !== null) return notReached(member, reason);
    const start = io.clock.monotonic();
    const entry = await options.spare?.(member).catch(() => null);
    if (entry != null) return entry;
    const worked = await work(member, name, start);
    if (worked.error !== null) context.fail(named(worked.error, name));
    await options.onEntry?.(worked);
    return worked;
  }

  async function work(member: Member, name: string, start: number): Promise<DatabaseEntry> {
    const spent = (): number => io.clock.monotonic() - start;
    if (member.refused !== null) return failedEntry(member, member.refused, spent());
    const bound = boundTo(context, member, name, options.json);
    try {
      const { status, result, message, needsAttention } = await run({
        member,
        context: bound.context,
        remainingMs: remaining(),
      });
      const answer = result ?? bound.answer();
      const done = { state: 'done', exitCode: status, durationMs: spent(), error: null } as const;
      const changed = options.changes ? { ...member, identity: member.config.identity ?? null } : member;
      return { member: changed, ...done, result: answer, message, needsAttention };
    } catch (error) {
      return failedEntry(member, error, spent());
    }
  }
}

/** The context of one database: what it says on stderr has its name, and its answer is kept for the document, or has a heading. */
function boundTo(
  context: Context,
  member: Member,
  name: string,
  json: boolean,
): { readonly context: Context; answer(): object | null } {
  const chosen: Chosen = {
    config: member.config,
    stores: async () => memberStores(member, context.io.clock),
  };
  let answer: object | null = null;
  let headed = false;
  return {
    answer: () => answer,
    context: {
      ...createContext(context.io, context.flags, chosen),
      json: (given) => {
        answer = given as object;
      },
      print: (text) => {
        if (json) return;
        if (!headed) context.print(context.style.heading(`== ${name}`));
        headed = true;
        context.print(`${text}\n`);
      },
      note: (text) => context.note(`${name}: ${text}`),
      warn: (text) => context.warn(`${name}: ${text}`),
      fail: (error) => context.fail(named(error, name)),
      next: () => undefined,
    },
  };
}

function named(error: unknown, name: string): unknown {
  if (!(error instanceof FirnError)) return error;
  const { code, message, operation, path, hint, cause } = error;
  return new FirnError(code, `${name}: ${message}`, {
    ...{ operation, cause },
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
  });
}
