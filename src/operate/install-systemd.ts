import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { mustRun } from './run-tool.ts';
import { type Unit, unitStem } from './systemd-units.ts';
import { prepareAccess } from './unit-access.ts';
import { writeAtomically } from './write-atomically.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where units live, and whose manager knows them. */
export interface UnitPlace {
  readonly folder: string;
  readonly userManager: boolean;
}

/** Writes the units in the place of older ones of the same database, and enables and starts what is to run. */
export async function installUnits(
  installation: Installation,
  units: readonly Unit[],
  place: UnitPlace,
  env: Env,
): Promise<void> {
  await prepareAccess(installation, env);
  await uninstallUnits(installation.database, place, env);
  await mkdir(place.folder, { recursive: true });
  for (const { name, text } of units) await writeAtomically(join(place.folder, name), text);
  await systemctl(place, env, 'daemon-reload');
  const enabled = units.filter((unit) => unit.enabled).map(({ name }) => name);
  await systemctl(place, env, 'enable', '--now', ...enabled);
}

/** Stops, disables and removes the units of this database; returns their names. */
export async function uninstallUnits(
  database: string,
  place: UnitPlace,
  env: Env,
): Promise<readonly string[]> {
  const own = new RegExp(`^${unitStem(database)}(-(daily|weekly|monthly))?\\.(timer|service)$`);
  const names = (await readdir(place.folder).catch(() => [])).filter((name) => own.test(name));
  if (names.length === 0) return [];
  const enabled = names.filter((name) => name.endsWith('.timer') || name === `${unitStem(database)}.service`);
  if (enabled.length > 0) await systemctl(place, env, 'disable', '--now', ...enabled);
  for (const name of names) await rm(join(place.folder, name));
  await systemctl(place, env, 'daemon-reload');
  return names;
}

async function systemctl({ userManager }: UnitPlace, env: Env, ...words: readonly string[]): Promise<void> {
  await mustRun(['systemctl', ...(userManager ? ['--user'] : []), ...words], env);
}
