import { statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { FirnError } from '../../model/errors.ts';
import { type Location, localPath } from '../../model/location.ts';
import { crontabBlock } from '../../operate/install/crontab.ts';
import { installCron, uninstallCron } from '../../operate/install/install-cron.ts';
import { installUnits, uninstallUnits, unitPlace } from '../../operate/install/install-systemd.ts';
import type { Installation } from '../../operate/install/installation.ts';
import { serviceUnits, timerUnits, type Unit } from '../../operate/install/systemd-units.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { defaultLogFolder, installationOf } from './own-installation.ts';

const KINDS = ['cron', 'systemd'] as const;

export const command: Command = defineCommand({
  description:
    'Prints cron or systemd entries for the jobs, with absolute paths. --install installs them. --uninstall removes the entries of this ' +
    'database and nothing else. cron uses your crontab. systemd gets a timer for each job, or with --service one unit that runs firn run. ' +
    'Run as root to install system units, which run as the owner of the database. Otherwise Firn installs user units (systemctl --user).',
  arguments: { kind: argument('<kind>', 'program that starts the jobs', { choices: KINDS }) },
  options: {
    install: flag('--install', 'install the entries', { conflicts: ['uninstall'] }),
    uninstall: flag('--uninstall', 'remove the entries', { conflicts: ['install'] }),
    service: flag('--service', 'use one systemd unit that runs firn run, instead of timers'),
    logFolder: value('--log-folder <DIR>', 'folder for the output of the cron jobs', {
      completes: 'folders',
    }),
  },
  examples: [
    ['firn schedule cron', 'print the crontab entries'],
    ['firn schedule cron --install', 'install them in your crontab'],
    ['firn schedule systemd --install', 'install a systemd timer for each job'],
    ['firn schedule systemd --service', 'print the unit that runs firn run'],
  ],
  async run(context, { kind }, options) {
    const installation = await describe(context, options.logFolder);
    if (kind === 'cron' && options.service) {
      throw new FirnError('usage', '--service needs systemd', { operation: 'write the schedule' });
    }
    if (installation.jobs.length === 0 && !options.uninstall) {
      throw new FirnError('refused', 'no job has both tables and a schedule', {
        operation: 'write the schedule',
        hint: 'Add tables to firn.config.yaml (firn init proposes them), and check its schedule.',
      });
    }
    if (kind === 'cron') await cron(context, installation, options);
    else {
      const units = (): readonly Unit[] =>
        options.service ? serviceUnits(installation) : timerUnits(installation);
      await systemd(context, installation, units, options);
    }
    return EXIT.done;
  },
});

async function describe(context: Context, logFolder: string | undefined): Promise<Installation> {
  const config = await context.config();
  const { io } = context;
  const isRoot = userInfo().uid === 0;
  const owner = ownerOf(config.database);
  if (owner === undefined) {
    throw new FirnError('not_found', 'database not found', {
      operation: 'write the schedule',
      path: config.database.text,
      hint: 'Check --db-path. Firn never creates a database.',
    });
  }
  return installationOf(config, io, {
    logFolder: logFolder === undefined ? defaultLogFolder(io, homedir(), isRoot) : resolve(io.cwd, logFolder),
    user: isRoot && owner !== null ? userName(owner) : null,
  });
}

/** The user id that owns a database file; null for a database that is no local file, undefined where the file does not exist. */
function ownerOf(database: Location): number | null | undefined {
  const path = localPath(database);
  return path === null ? null : statSync(path, { throwIfNoEntry: false })?.uid;
}

/** systemd takes a number for a name. */
function userName(uid: number): string {
  return uid === 0 ? 'root' : String(uid);
}

interface Options {
  readonly install: boolean;
  readonly uninstall: boolean;
}

async function cron(
  context: Context,
  installation: Installation,
  { install, uninstall }: Options,
): Promise<void> {
  const { env } = context.io;
  if (uninstall) {
    const found = await uninstallCron(installation.database, env);
    context.print(
      found ? 'Removed from your crontab.' : 'Your crontab has no Firn entries for this database.',
    );
  } else if (install) {
    await installCron(installation, env);
    context.print(`Added to your crontab. The jobs write to ${installation.logFolder}.`);
    const owner = installation.user ?? 'root';
    if (owner !== 'root') {
      context.note(
        `The jobs run as root, and root will own the files that they write. Better install them in the crontab of user ${owner}, who owns the database`,
      );
    }
    context.next('firn status', 'to see when each job runs next');
  } else {
    context.print(crontabBlock(installation).trimEnd());
  }
}

async function systemd(
  context: Context,
  installation: Installation,
  unitsOf: () => readonly Unit[],
  { install, uninstall }: Options,
): Promise<void> {
  const { env } = context.io;
  const place = unitPlace(env, installation.user);
  if (uninstall) {
    const names = await uninstallUnits(installation.database, place, env);
    context.print(
      names.length === 0 ? 'No units are installed for this database.' : `Removed ${names.join(', ')}.`,
    );
  } else if (install) {
    const units = unitsOf();
    await installUnits(installation, units, place, env);
    context.print(`Installed in ${place.folder}: ${units.map(({ name }) => name).join(', ')}.`);
    if (place.userManager)
      context.note('User units run only while you are logged in. To run them always: loginctl enable-linger');
    context.next('firn status', 'to see when each job runs next');
  } else {
    context.print(
      unitsOf()
        .map(({ name, text }) => `# ${join(place.folder, name)}\n${text}`)
        .join('\n')
        .trimEnd(),
    );
  }
}
