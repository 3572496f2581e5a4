import { readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { mustRun } from './run-tool.ts';
import { type Unit, unitStem } from './systemd-units.ts';
import { Undo } from './undo.ts';
import { prepareAccess } from './unit-access.ts';
import { writeAtomically } from './write-atomically.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where units live, and whose manager knows them. */
export interface UnitPlace {
  readonly folder: string;
  readonly userManager: boolean;
}

/** Where the units of a user are (null: those of the calling user), or of the system. */
export function unitPlace(env: Env, user: string | null): UnitPlace {
  if (user !== null) return { folder: '/etc/systemd/system', userManager: false };
  const home = env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return { folder: join(home, 'systemd', 'user'), userManager: true };
}

/**
 * Writes the units in the place of older ones of the same database, and enables and starts what is to run. When anything fails,
 * units and folders are as they were before.
 */
export async function installUnits(
  installation: Installation,
  units: readonly Unit[],
  place: UnitPlace,
  env: Env,
): Promise<void> {
  // Without its manager nothing is to be touched.
  await systemctl(place, env, 'daemon-reload');
  const undo = new Undo();
  await undo.onFailure(async () => {
    await prepareAccess(installation, env, undo);
    await undo.makeFolder(place.folder);
    await removeUnits(installation.database, place, env, undo);
    for (const { name, text } of units) {
      undo.add(() => rm(join(place.folder, name), { force: true }));
      await writeAtomically(join(place.folder, name), text, UNIT_MODE);
    }
    undo.add(() => systemctl(place, env, 'daemon-reload'));
    await systemctl(place, env, 'daemon-reload');
    const enabled = units.filter((unit) => unit.enabled).map(({ name }) => name);
    undo.add(() => systemctl(place, env, 'disable', '--now', ...enabled));
    await systemctl(place, env, 'enable', '--now', ...enabled);
  });
}

/** The manager, and whoever looks how a service is run, may read units. */
const UNIT_MODE = 0o644;

/** Stops, disables and removes the units of this database; returns their names. When that fails they are as they were before. */
export async function uninstallUnits(
  database: string,
  place: UnitPlace,
  env: Env,
): Promise<readonly string[]> {
  const undo = new Undo();
  return await undo.onFailure(() => removeUnits(database, place, env, undo));
}

/** Names of the units that are installed for this database. Changes nothing. */
export async function installedUnits(database: string, { folder }: UnitPlace): Promise<readonly string[]> {
  const own = new RegExp(`^${unitStem(database)}(-(daily|weekly|monthly))?\\.(timer|service)$`);
  return (await readdir(folder).catch(() => [])).filter((name) => own.test(name));
}

async function removeUnits(
  database: string,
  place: UnitPlace,
  env: Env,
  undo: Undo,
): Promise<readonly string[]> {
  const names = await installedUnits(database, place);
  if (names.length === 0) return [];
  const enabled = names.filter((name) => name.endsWith('.timer') || name === `${unitStem(database)}.service`);
  if (enabled.length > 0) {
    undo.add(() => systemctl(place, env, 'enable', '--now', ...enabled));
    await systemctl(place, env, 'disable', '--now', ...enabled);
  }
  undo.add(() => systemctl(place, env, 'daemon-reload'));
  for (const name of names) {
    const text = await readFile(join(place.folder, name), 'utf8');
    await rm(join(place.folder, name));
    undo.add(() => writeAtomically(join(place.folder, name), text, UNIT_MODE));
  }
  await systemctl(place, env, 'daemon-reload');
  return names;
}

async function systemctl({ userManager }: UnitPlace, env: Env, ...words: readonly string[]): Promise<void> {
  await mustRun(['systemctl', ...(userManager ? ['--user'] : []), ...words], env);
}
