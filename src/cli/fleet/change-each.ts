import type { FleetConfig } from '../../config/fleet-config.ts';
import { FirnError } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { lockFleet } from '../../operate/fleet/fleet-lock.ts';
import type { Context } from '../frame/context.ts';
import { type RunEach, runEach } from './run-each.ts';

interface ChangeEach extends RunEach {
  readonly dryRun: boolean;
  readonly adopt: boolean;
}

/** The same for a command that changes databases: one such run at a time. */
export async function changeEach(
  context: Context,
  fleet: FleetConfig,
  options: ChangeEach,
  run: (one: Context, remainingMs: Milliseconds | undefined) => Promise<number>,
): Promise<number> {
  if (options.adopt) throw cannotAdopt();
  await using _lock = options.dryRun ? null : lockAll(context, fleet, options.command);
  return await runEach(context, fleet, { ...options, changes: !options.dryRun }, run);
}

/** Null where the archives are not on this machine: each database and each archive has its own lock all the same. */
export function lockAll(
  context: Context,
  fleet: FleetConfig,
  command: string,
  file?: string,
): AsyncDisposable | null {
  const { root } = fleet.archives;
  return root === null
    ? null
    : lockFleet(root, { command, since: new Date(context.io.clock.now()).toISOString() }, file);
}

/** Pairing anew gives a new identity, which names the archives. */
function cannotAdopt(): FirnError {
  return new FirnError('usage', '--adopt works on one database and the folder of its archives', {
    operation: 'read the arguments',
    hint: 'Pass --db-path PATH --archive-path FOLDER too. Then rename the folder to the new identity, which its archive.json has.',
  });
}
