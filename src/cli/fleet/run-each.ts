import type { FleetConfig } from '../../config/fleet-config.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { openFleet } from '../../stores/fleet/open-fleet.ts';
import type { Context } from '../frame/context.ts';
import { eachDatabase } from './each-database.ts';

export interface RunEach {
  /** As typed. */
  readonly command: string;
  readonly json: boolean;
  /** Whether it gives a new database its identity. */
  readonly changes?: boolean;
  /** How long all may take together, in milliseconds. */
  readonly maxRuntime?: number | undefined;
}

/** Runs a command that knows nothing of several databases for each of them: `run` gets the context of one, and what is left of the time. */
export async function runEach(
  context: Context,
  fleet: FleetConfig,
  { command, json, changes = false, maxRuntime }: RunEach,
  run: (one: Context, remainingMs: Milliseconds | undefined) => Promise<number>,
): Promise<number> {
  const work = async (one: { readonly context: Context; readonly remainingMs: Milliseconds | null }) => ({
    status: await run(one.context, one.remainingMs ?? undefined),
  });
  const head = { command, as_of: new Date(context.io.clock.now()).toISOString() };
  return await eachDatabase(context, await openFleet(fleet, context.io.clock), work, {
    json,
    changes,
    head,
    budgetMs: maxRuntime ?? null,
  });
}
