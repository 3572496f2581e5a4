import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { readTextFile } from '../../config/text-file.ts';
import { createDemoDatabase } from '../../demo/demo-database.ts';
import { archiveTarget, planTarget } from '../../library/work/runs/archive-target.ts';
import { lookAtTiers } from '../../library/work/runs/look-at-retention.ts';
import type { ArchiveReport } from '../../lifecycle/archive/archive-report.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';
import type { Config } from '../../model/policy/config.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { Stores } from '../../operate/stores.ts';
import { storesOf } from '../../stores/stores-of.ts';
import {
  agree,
  combine,
  type Fingerprint,
  fingerprintArchives,
  fingerprintTable,
  NOTHING,
} from '../demo/fingerprint.ts';
import { Story } from '../demo/story.ts';
import { startWriter, type WriterReport } from '../demo/writer.ts';
import { type Command, defineCommand, flag, type Parse, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { createProgress, showOn } from '../terminal/progress.ts';

const DAYS = 60;
const DATABASE = 'ideas.db';
const ARCHIVES = 'archives';
const BY_POLICY = { olderThanMs: null, adopt: false };
const WRITER = { perSecond: 200, idPrefix: 'writer-', forMs: 4000 };

const rowCount: Parse<number> = (word, name) => {
  const count = Number(word);
  if (/^\d{1,8}$/.test(word) && count >= 1000) return count;
  throw new FirnError('usage', `${JSON.stringify(word)} is not a whole number from 1000 to 99999999`, {
    operation: `read ${name}`,
  });
};

export const command: Command = defineCommand({
  description:
    'Creates a database with the log rows of AI agents, archives the old rows while another thread inserts rows, ' +
    'and verifies that no row was lost. All files are in one new folder. Your own data is not touched.',
  options: {
    rows: value('--rows <N>', 'number of rows (default 200000)', { parse: rowCount }),
    dir: value('--dir <FOLDER>', 'folder to create (default: a temporary folder)', { completes: 'folders' }),
    remove: flag('--remove', 'delete the folder at the end'),
  },
  examples: [
    ['firn demo', 'run the demonstration in a few seconds'],
    ['firn demo --rows 1000000 --dir ./firn-demo', 'use a million rows and your own folder'],
  ],
  async run(context, _, { rows = 200_000, dir, remove }) {
    const folder = makeFolder(context, dir);
    try {
      const equal = await tell(context, folder, rows, remove);
      return equal ? EXIT.done : EXIT.integrity;
    } finally {
      if (remove) rmSync(folder, { recursive: true, force: true });
    }
  },
});

function makeFolder({ io }: Context, dir: string | undefined): string {
  if (dir === undefined) return mkdtempSync(join(tmpdir(), 'firn-demo-'));
  const folder = resolve(io.cwd, dir);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FirnError('refused', code === 'EEXIST' ? 'the folder exists already' : message, {
      operation: 'create the demonstration folder',
      path: folder,
      hint: 'Pass a folder that does not exist yet; its parent folder must exist.',
      cause,
    });
  }
  return folder;
}

async function tell(context: Context, folder: string, rows: number, remove: boolean): Promise<boolean> {
  const { io, style, width } = context;
  const say = new Story(context.print, style, width);
  const stores = storesOf(configIn(folder), io.clock);
  const [database, archives] = [join(folder, DATABASE), join(folder, ARCHIVES)];
  say.opening(folder, rows, DAYS);

  createDemoDatabase(database, { rows, days: DAYS, now: instantOfMs(io.clock.now()), seed: 1 });
  say.database(await lookAtTiers(stores));
  const original = join(folder, 'original.db');
  copyFileSync(database, original);

  say.plan(await planTarget(stores, 'all', BY_POLICY));
  const { report, writer } = await archiveBesideWriter(context, stores, database);
  say.archived(report, writer);
  say.look(archives, report);

  const proof = await prove(stores.config.policies, { database, archives, original });
  rmSync(original);
  say.proof(proof);
  say.ending(folder, remove);
  return agree(proof.before, combine(proof.hot, proof.archived));
}

/** The folder's own configuration, so that the next commands find everything. */
function configIn(folder: string): Config {
  const file = join(folder, 'firn.config.yaml');
  writeFileSync(file, `# Written by \`firn demo\`.\ndatabase: ${DATABASE}\narchives: ${ARCHIVES}\n`);
  return loadConfig({ flags: { config: file }, env: {}, cwd: folder, readFile: readTextFile });
}

async function archiveBesideWriter(
  { io, flags }: Context,
  stores: Stores,
  database: string,
): Promise<{ readonly report: ArchiveReport; readonly writer: WriterReport }> {
  const endWriter = await startWriter({ database, ...WRITER });
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : undefined);
  try {
    const report = await archiveTarget(stores, 'all', {
      ...{ ...BY_POLICY, maxRuntimeMs: null, reason: 'firn demo' },
      signal: io.signal,
      onProgress: showOn(progress),
    });
    return { report, writer: await endWriter() };
  } finally {
    progress.finish();
    await endWriter();
  }
}

/** The original rows against those in the database now and those in the archives, over all managed tables. */
export interface Proof {
  readonly before: Fingerprint;
  readonly hot: Fingerprint;
  readonly archived: Fingerprint;
}

async function prove(
  { policies }: PolicySet,
  {
    database,
    archives,
    original,
  }: { readonly database: string; readonly archives: string; readonly original: string },
): Promise<Proof> {
  let proof: Proof = { before: NOTHING, hot: NOTHING, archived: NOTHING };
  for (const table of policies.keys()) {
    proof = {
      before: combine(proof.before, fingerprintTable(original, table, WRITER.idPrefix)),
      hot: combine(proof.hot, fingerprintTable(database, table, WRITER.idPrefix)),
      archived: combine(proof.archived, await fingerprintArchives(archives, table)),
    };
  }
  return proof;
}
