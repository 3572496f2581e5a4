import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellWord } from '../install/shell-words.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** A file or folder, and what this user may do with it. */
export interface Permissions {
  readonly what: 'configuration' | 'database' | 'archives' | 'folder of the database';
  readonly path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Permission bits, `0o644`. */
  readonly mode: number;
}

/** What exists of these. @param archives the local folders of the tiers. */
export function lookAtPermissions(
  configuration: string | null,
  database: string | null,
  archives: readonly string[],
): readonly Permissions[] {
  const places = [
    { what: 'configuration' as const, path: configuration },
    { what: 'database' as const, path: database },
    { what: 'folder of the database' as const, path: database === null ? null : dirname(database) },
    ...archives.map((path) => ({ what: 'archives' as const, path })),
  ];
  return places.flatMap(({ what, path }) => {
    const stats = path === null ? undefined : statSync(path, { throwIfNoEntry: false });
    if (path === null || stats === undefined) return [];
    const [readable, writable] = [may(path, constants.R_OK), may(path, constants.W_OK)];
    return [{ what, path, readable, writable, mode: stats.mode & 0o777 }];
  });
}

export function judgePermissions(places: readonly Permissions[]): readonly Finding[] {
  return orOk(places.flatMap(judge), 'permissions', 'this user can read and write, other users cannot');
}

function judge({ what, path, readable, writable, mode }: Permissions): readonly Finding[] {
  const say = (severity: Finding['severity'], message: string, remedy: string): Finding[] => [
    found('permissions', severity, `${message} (${path}, mode ${octal(mode)})`, { subject: what, remedy }),
  ];
  const owner = 'Run Firn as the user who owns it, or change its permissions.';
  if (!readable) return say('problem', 'this user cannot read it', owner);
  if (!writable && what !== 'configuration') return say('problem', 'this user cannot write to it', owner);
  // Hooks are commands that jobs run.
  if (what !== 'folder of the database' && (mode & 0o002) !== 0)
    return say('warning', 'every user of this machine can change it', `Run: chmod o-w ${shellWord(path)}`);
  if ((what === 'database' || what === 'archives') && (mode & 0o004) !== 0) {
    const remedy = `If it has private data, run: chmod o-rwx ${shellWord(path)}`;
    return say('note', 'every user of this machine can read it', remedy);
  }
  return [];
}

function may(path: string, how: number): boolean {
  try {
    accessSync(path, how);
    return true;
  } catch {
    return false;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
