import { existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { CONFIG_FILE, loadConfig } from '../../config/load.ts';
import { configText } from '../../config/propose/config-text.ts';
import { KNOWN_PROGRAMS } from '../../config/propose/known-programs.ts';
import { lookAtTables } from '../../config/propose/look.ts';
import { type Proposal, propose } from '../../config/propose/proposal.ts';
import { readTextFile } from '../../config/text-file.ts';
import { requireOwnPath } from '../../hot/own-path.ts';
import { FirnError } from '../../model/errors.ts';
import { instantOfMs } from '../../model/instant.ts';
import { type Location, localPath } from '../../model/location.ts';
import type { Config } from '../../model/policy/config.ts';
import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { hotBackend } from '../../stores/open-hot.ts';
import { openReading } from '../../stores/open-sessions.ts';
import { SAMPLED_ROWS } from '../../stores/time-tables.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { plural } from '../terminal/quantity.ts';

export const command: Command = defineCommand({
  description:
    'Reads the database and writes a commented firn.config.yaml, or the file given by --config. The file lists the tables of the ' +
    'preset with their retention times. It proposes other tables that have a time column; these lines are commented out.',
  options: {
    force: flag('--force', 'overwrite an existing file'),
    print: flag('--print', 'print the configuration; write no file'),
  },
  examples: [
    ['firn init --db-path database/ideas.db', 'write firn.config.yaml to the current folder'],
    ['firn init --print', 'preview the file'],
  ],
  async run(context, _, { force, print }) {
    const { io, flags } = context;
    const file = resolve(io.cwd, flags.config ?? io.env.FIRN_CONFIG ?? CONFIG_FILE);
    const { text, proposal } = await proposalFor(context, file, print);
    if (print) {
      context.print(text.trimEnd());
      return EXIT.done;
    }
    await write(file, text, force);
    context.print(`Written: ${file}`);
    for (const line of summary(proposal)) context.print(`  ${line}`);
    context.next('firn archive all --dry-run', 'to preview what would be archived');
    return EXIT.done;
  },
});

function summary({ preset, program, tables }: Proposal): string[] {
  return [
    ...(program === null || preset.length > 0
      ? [`${plural(preset.length, 'table')} of the preset found`]
      : []),
    ...(program === null ? [] : [`recognised: ${program.name} (${program.versions})`]),
    ...tables.map(({ look, settings, active }) =>
      active
        ? `managed: ${look.table}`
        : `proposed: ${look.table}, time column ${settings.time_column} (commented out; remove the # signs to use it)`,
    ),
  ];
}

/** The file to be, and what it says. */
async function proposalFor(
  { io, flags }: Context,
  file: string,
  print: boolean,
): Promise<{ readonly text: string; readonly proposal: Proposal }> {
  const folder = dirname(file);
  const config = presentConfig({ io, flags }, file);
  const [database, archives] = [localPath(config.database), localPath(config.archives)];
  if (!print)
    requireOwnPath(file, { database, archives }, { operation: 'write the configuration', inPlace: true });
  await using opened = await openReading(config, io.clock);
  const sampler = await hotBackend(config.database, io.clock).sampler(SAMPLED_ROWS);
  const looks = await lookAtTables(opened.reader, sampler, instantOfMs(io.clock.now()));
  const proposal = propose(looks, sampler.links, KNOWN_PROGRAMS);
  const text = configText(proposal, {
    schema: new URL('../../../schema/config.schema.json', import.meta.url).href,
    database: from(folder, config.database),
    archives: from(folder, config.archives),
  });
  return { text, proposal };
}

/**
 * The configuration that is there says where database and archive are, unless flags or the environment do. A broken one cannot: it is only
 * written anew for a database that is named.
 */
function presentConfig({ io, flags }: Pick<Context, 'io' | 'flags'>, file: string): Config {
  const { env, cwd } = io;
  const { dbPath, archivePath, config } = flags;
  const { FIRN_CONFIG: _, ...others } = env;
  const without = (): Config =>
    loadConfig({ flags: { dbPath, archivePath }, env: others, cwd, readFile: () => null });
  if (readTextFile(file) === null) return without();
  try {
    return loadConfig({ flags: { dbPath, archivePath, config }, env, cwd, readFile: readTextFile });
  } catch (error) {
    const named = dbPath !== undefined || Boolean(env.FIRN_DB);
    if (!named || !(error instanceof FirnError) || error.code !== 'config') throw error;
    return without();
  }
}

/** Relative where that stays below the folder or beside it. */
function from(folder: string, location: Location): string {
  const path = localPath(location);
  if (path === null) return location.text;
  const short = relative(folder, path);
  return short.startsWith('../..') ? path : short;
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  if (force && existsSync(file)) return await writeAtomically(realpathSync(file), text);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const there = code === 'EEXIST';
    // Half of it would be in the way of the next try.
    if (!there) rmSync(file, { force: true });
    throw new FirnError(there ? 'refused' : 'io', there ? 'the file exists already' : message, {
      operation: 'write the configuration',
      path: file,
      ...(there ? { hint: 'Pass --force to overwrite it, or --print to print without writing.' } : {}),
      cause,
    });
  }
}
