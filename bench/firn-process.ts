import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Compression } from '../src/model/policy/compression.ts';
import type { Workspace } from './fixtures.ts';
import { type Measured, measured } from './measured.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/firn.js', import.meta.url));

/** The command line of the real program, on the database and the archive of a workspace. */
export function firn(
  work: Pick<Workspace, 'database' | 'archives'>,
  ...words: string[]
): [string, ...string[]] {
  return [
    process.execPath,
    LAUNCHER,
    ...words,
    ...['--db-path', work.database, '--archive-path', work.archives],
  ];
}

/** The program without a database. */
export function bareFirn(...words: string[]): [string, ...string[]] {
  return [process.execPath, LAUNCHER, ...words];
}

/** One run of `firn archive all` that writes files of this kind. */
export async function archiveAllAs(work: Workspace, compression: Compression): Promise<void> {
  const config = join(work.folder, 'firn.config.yaml');
  writeFileSync(config, `compression: ${compression}\n`);
  await measured(firn(work, 'archive', 'all', '--json', '--config', config));
}

/** One run of `firn archive all`, with the rows it archived. */
export async function archiveAll(work: Workspace): Promise<Measured & { readonly rows: number }> {
  const run = await measured(firn(work, 'archive', 'all', '--json'));
  return { ...run, rows: (JSON.parse(run.stdout) as { total: number }).total };
}
