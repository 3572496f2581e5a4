import { type Stats, statSync } from 'node:fs';
import { chown, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FirnError } from '../../model/errors.ts';
import type { Installation } from './installation.ts';
import { runTool } from './run-tool.ts';
import { shellLine } from './shell-words.ts';
import type { Undo } from './undo.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * Makes the folders that the sandbox lets the jobs write to, for the account they run as, and refuses (`refused`) to install what that
 * account could not run: at two in the morning nobody reads why. Asked as systemd will start it: without root's right to everything.
 */
export async function prepareAccess(installation: Installation, env: Env, undo: Undo): Promise<void> {
  const { database, user, writes } = installation;
  const account = user === null ? null : await accountOf(statSync(database), env);
  for (const folder of writes) await makeFolder(folder, account, undo);
  if (account === null) return;
  const unread = await without('-r', installation.programs, account, env);
  if (unread.length > 0) {
    const hint =
      'Move Firn and its configuration to a folder that this user can read, such as /opt/firn instead of a home folder.';
    throw refusal(account, 'read', unread, hint);
  }
  const unwritten = await without('-w', await written(installation), account, env);
  if (unwritten.length === 0) return;
  const hint = `As root: chown -R ${account.uid} ${shellLine(unwritten)}`;
  throw refusal(account, 'write', unwritten, hint);
}

/** The folders, the database and what stands beside it under its name, and the top of the archives. */
async function written({ database, writes }: Installation): Promise<string[]> {
  const beside = (await readdir(dirname(database))).filter((name) => name.startsWith(basename(database)));
  const inside = writes
    .filter((folder) => folder !== dirname(database))
    .map(async (folder) => (await readdir(folder)).map((name) => join(folder, name)));
  return [
    ...new Set([
      ...writes,
      ...beside.map((name) => join(dirname(database), name)),
      ...(await Promise.all(inside)).flat(),
    ]),
  ];
}

/** The account that owns the database, with its groups as far as the system knows it. */
async function accountOf({ uid, gid }: Stats, env: Env): Promise<Account> {
  const ids = async (flag: string): Promise<number[]> => {
    const { status, stdout } = await runTool(['id', flag, String(uid)], env);
    return status === 0 ? stdout.trim().split(/\s+/).map(Number) : [];
  };
  const [own = gid] = await ids('-g');
  return { uid, gid: own, groups: await ids('-G') };
}

async function makeFolder(folder: string, account: Account | null, undo: Undo): Promise<void> {
  const first = await undo.makeFolder(folder);
  if (first === undefined || account === null) return;
  for (let made = folder; ; made = dirname(made)) {
    await chown(made, account.uid, account.gid);
    if (made === first) return;
  }
}

/** Those of the paths that a test of the shell denies the account. */
async function without(
  flag: '-r' | '-w',
  paths: readonly string[],
  { uid, gid, groups }: Account,
  env: Env,
): Promise<string[]> {
  const memberOf = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`;
  const as = [`--reuid=${uid}`, `--regid=${gid}`, memberOf, '--bounding-set=-all', '--inh-caps=-all'];
  const denied: string[] = [];
  for (const path of paths) {
    const { status } = await runTool(['setpriv', ...as, 'test', flag, path], env);
    if (status !== 0) denied.push(path);
  }
  return denied;
}

function refusal({ uid }: Account, verb: string, paths: readonly string[], hint: string): FirnError {
  const [path = '', ...more] = paths;
  const others = more.length === 0 ? '' : `, nor ${more.join(', ')}`;
  const why = `the jobs would run as user ${uid}, the owner of the database, who has no permission to ${verb} this${others}`;
  return new FirnError('refused', why, { operation: 'install the units', path, hint });
}
