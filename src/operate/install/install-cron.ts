import { FirnError } from '../../model/errors.ts';
import { crontabBlock, hasBlock, withBlock } from './crontab.ts';
import type { Installation } from './installation.ts';
import { mustRun, runTool } from './run-tool.ts';
import { Undo } from './undo.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Puts the entries into the calling user's crontab, in the place of older ones of the same database, and makes the log folder. */
export async function installCron(installation: Installation, env: Env): Promise<void> {
  const block = crontabBlock(installation);
  const undo = new Undo();
  await undo.onFailure(async () => {
    await undo.makeFolder(installation.logFolder);
    await change(installation.database, block, env);
  });
}

/** Takes the entries of this database out; false when there were none. */
export async function uninstallCron(database: string, env: Env): Promise<boolean> {
  if (!hasBlock(await readCrontab(env), database)) return false;
  await change(database, null, env);
  return true;
}

/** Whether the calling user's crontab has entries for this database; false where there is no cron. Changes nothing. */
export async function isInCrontab(database: string, env: Env): Promise<boolean> {
  try {
    return hasBlock(await readCrontab(env), database);
  } catch (error) {
    if (error instanceof FirnError) return false;
    throw error;
  }
}

async function change(database: string, block: string | null, env: Env): Promise<void> {
  const before = await readCrontab(env);
  const wanted = withBlock(before, database, block);
  await write(wanted, env);
  if ((await readCrontab(env)) === wanted) return;
  await write(before, env);
  throw new FirnError('io', 'crontab did not save the new entries; the old crontab was restored', {
    operation: 'change the crontab',
    hint: 'Check it with: crontab -l',
  });
}

async function write(crontab: string, env: Env): Promise<void> {
  if (crontab === '') await mustRun(['crontab', '-r'], env);
  else await mustRun(['crontab', '-'], env, crontab);
}

async function readCrontab(env: Env): Promise<string> {
  const { status, stdout, stderr } = await runTool(['crontab', '-l'], env);
  if (status === 0) return stdout;
  if (/no crontab for/.test(stderr)) return '';
  throw new FirnError('io', stderr.trim(), { operation: 'read the crontab' });
}
