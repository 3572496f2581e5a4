import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Installation } from './installation.ts';
import { requirePlain, type Unfit } from './plain-words.ts';
import { calendarsOf } from './systemd-calendar.ts';

/** A unit file: its name and its text. */
export interface Unit {
  readonly name: string;
  readonly text: string;
  /** Whether it is what is enabled, rather than what that starts. */
  readonly enabled: boolean;
}

/** One timer and one service for each job. */
export function timerUnits(installation: Installation): Unit[] {
  requireWords(installation);
  const stem = unitStem(installation.database);
  const minutes = Math.ceil(installation.jitterMs / 60_000);
  return installation.jobs.flatMap(({ job, cron, command }) => {
    const calendars = calendarsOf(cron, installation.timeZone).map((value) => `OnCalendar=${value}`);
    const timer = [
      ...header(`Firn's ${job} job for ${installation.database}`),
      '',
      '[Timer]',
      ...calendars,
      // What was due while the machine slept is made up for, once.
      'Persistent=true',
      ...(minutes === 0 ? [] : [`RandomizedDelaySec=${minutes}min`]),
      `Unit=${stem}-${job}.service`,
      '',
      '[Install]',
      'WantedBy=timers.target',
    ];
    const service = [
      ...header(`Firn's ${job} job for ${installation.database}`),
      '',
      '[Service]',
      'Type=oneshot',
      `ExecStart=${unitLine(command)}`,
      ...sandbox(installation),
    ];
    return [
      { name: `${stem}-${job}.timer`, text: lines(timer), enabled: true },
      { name: `${stem}-${job}.service`, text: lines(service), enabled: false },
    ];
  });
}

/** One service that stays and runs every job itself. */
export function serviceUnits(installation: Installation): Unit[] {
  requireWords(installation);
  const text = [
    ...header(`Firn's scheduler for ${installation.database}`),
    '',
    '[Service]',
    'Type=notify',
    // systemd-notify, which Firn starts, speaks for it.
    'NotifyAccess=all',
    'WatchdogSec=10min',
    `ExecStart=${unitLine(installation.service)}`,
    'Restart=on-failure',
    'RestartSec=30s',
    // Wrong usage or configuration does not mend itself.
    'RestartPreventExitStatus=2',
    // A running job stops at its next batch; what a machine may need for the longest one.
    'TimeoutStopSec=5min',
    ...sandbox(installation),
    '',
    '[Install]',
    `WantedBy=${installation.user === null ? 'default.target' : 'multi-user.target'}`,
  ];
  return [{ name: `${unitStem(installation.database)}.service`, text: lines(text), enabled: true }];
}

/** A file name has at most 255 bytes, and more is added to this one. */
const LONGEST_NAME = 200;

/** What every unit name of a database begins with: `firn-ideas-1a2b3c`, the last part telling databases of one name apart. */
export function unitStem(database: string): string {
  const name = basename(database)
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .slice(0, LONGEST_NAME);
  return `firn-${name}-${createHash('sha256').update(database).digest('hex').slice(0, 6)}`;
}

function header(description: string): string[] {
  // A backslash at the end of a line would join the next one to it.
  return ['[Unit]', `Description=${specifiers(description.replaceAll('\\', '_'))}`];
}

function sandbox({ user, writes, programs, mayBeAway = [] }: Installation): string[] {
  const gentle = ['UMask=0077', 'Nice=10', 'IOSchedulingClass=idle', 'NoNewPrivileges=true'];
  // A user's own manager may not set up the rest everywhere.
  if (user === null) return gentle;
  return [
    `User=${user}`,
    ...gentle,
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    // A unit does not start without a path that has no hyphen before it.
    ...[...new Set(writes)].map(
      (path) => `ReadWritePaths=${pathWord(mayBeAway.includes(path) ? `-${path}` : path)}`,
    ),
    // It would hide a database, or a Firn, that lives there.
    ...([...writes, ...programs].some((path) => /^(\/var)?\/tmp(\/|$)/.test(path))
      ? []
      : ['PrivateTmp=true']),
    'PrivateDevices=true',
    'ProtectKernelTunables=true',
    'ProtectKernelModules=true',
    'ProtectControlGroups=true',
    'RestrictSUIDSGID=true',
    'RestrictRealtime=true',
    'LockPersonality=true',
    'CapabilityBoundingSet=',
    // Hooks and figures may need the network; JavaScript needs writable, executable memory.
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
  ];
}

function unitLine([program = '', ...words]: readonly string[]): string {
  // `$` would be a variable in ExecStart, and there only; in the path of the program it is none.
  return [unitWord(program), ...words.map((word) => unitWord(word).replaceAll('$', '$$$$'))].join(' ');
}

function unitWord(word: string): string {
  const escaped = specifiers(word);
  if (/^[A-Za-z0-9_@+=:,./%-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Settings of paths know quotes of both kinds and no escapes. */
function pathWord(path: string): string {
  requirePlain([path], 'a systemd unit', [UNQUOTABLE]);
  const escaped = specifiers(path);
  if (/^[A-Za-z0-9_@+=:,./%-]+$/.test(escaped)) return escaped;
  return path.includes('"') ? `'${escaped}'` : `"${escaped}"`;
}

const UNQUOTABLE: Unfit = { pattern: /\\|".*'|'.*"/, what: 'a backslash, or quotes of both kinds' };

function requireWords({ database, writes, jobs, service }: Installation): void {
  const commands = [...jobs.flatMap(({ command }) => command), ...service];
  requirePlain([database, ...writes, ...commands], 'a systemd unit');
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
