import { existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CONFIG_FILE } from '../../config/load.ts';
import type { Proposal } from '../../config/propose/proposal.ts';
import { isEmpty } from '../../config/propose/table-look.ts';
import { requireOwnPath } from '../../hot/own-path.ts';
import { planRun } from '../../lifecycle/archive/archive-run.ts';
import { FirnError } from '../../model/errors.ts';
import { localPath } from '../../model/location.ts';
import { archiveFolders } from '../../model/policy/archive-places.ts';
import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { argument, type Command, defineCommand, flag } from '../frame/command.ts';
import type { Context, GlobalFlags } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderArchivePlan } from '../moving/archive-plan-text.ts';
import type { Prompter } from '../terminal/prompter.ts';
import { plural } from '../terminal/quantity.ts';
import { type Examined, examine } from './init-database.ts';
import { chooseTables, tellOutlook } from './init-dialogue.ts';
import { proposalJson } from './init-json.ts';

export const command: Command = defineCommand({
  description:
    'Reads the database, judges its tables by their rows, and writes a commented firn.config.yaml, or the file given by --config. ' +
    'On a terminal, it asks which tables to archive and for how long. Elsewhere, or with --yes, it writes the file without ' +
    'questions: with the policies of the preset observability, if the database has its tables, and of programs that it recognises ' +
    '(firefox, home-assistant and others, see docs/recipes); policies of other tables are commented out. ' +
    'With --accept, they are used too.',
  arguments: {
    database: argument('[database]', 'path of the database; the same as --db-path', { completes: 'files' }),
  },
  options: {
    yes: flag('--yes', 'write the file without questions'),
    accept: flag('--accept', 'use all proposed policies, without questions'),
    force: flag('--force', 'overwrite an existing file'),
    print: flag('--print', 'print the configuration; write no file', { conflicts: ['json'] }),
    json: flag('--json', 'print what is proposed as JSON; write no file'),
  },
  examples: [
    ['firn init app.db', 'write firn.config.yaml to the current folder'],
    ['firn init app.db --accept', 'use all that is proposed'],
    ['firn init app.db --print', 'preview the file'],
    ['firn init app.db --json', 'read the proposal with another program'],
  ],
  async run(context, { database: named }, { yes, accept, force, print, json }) {
    const { io } = context;
    const flags = withDatabase(context.flags, named);
    const file = resolve(io.cwd, flags.config ?? io.env.FIRN_CONFIG ?? CONFIG_FILE);
    await using examined = await examine({ io, flags }, file);
    const proposal = accept ? whole(examined.proposal) : examined.proposal;
    if (json) {
      context.json(proposalJson(examined, await examined.outlook(examined.policiesOf(proposal, true))));
      return EXIT.done;
    }
    if (print) {
      context.print(examined.textOf(proposal).trimEnd());
      return EXIT.done;
    }
    const { database, archives } = examined.config;
    const guarded = { database: localPath(database), archives: archiveFolders(archives) };
    requireOwnPath(file, guarded, { operation: 'write the configuration', inPlace: true });
    if (!yes && !accept && io.stdin.isTTY && io.stderr.isTTY)
      return await talk(context, examined, file, force, await io.prompter());
    await write(file, examined.textOf(proposal), force);
    tell(context, file, proposal);
    return EXIT.done;
  },
});

/** The proposal with all its tables in use, but those without rows: their time column is only guessed by its name. */
function whole(proposal: Proposal): Proposal {
  const tables = proposal.tables.map((table) => ({ ...table, active: table.active || !isEmpty(table.look) }));
  return { ...proposal, tables };
}

/** The database of `firn init PATH` counts as that of `--db-path`. */
function withDatabase(flags: GlobalFlags, named: string | undefined): GlobalFlags {
  if (named === undefined) return flags;
  if (flags.dbPath !== undefined && flags.dbPath !== named) {
    throw new FirnError('usage', `two databases are named: ${named} and, with --db-path, ${flags.dbPath}`, {
      operation: '',
      hint: 'Name one of them: firn init PATH',
    });
  }
  return { ...flags, dbPath: named };
}

/** The dialogue. Nothing is written before the last question but one is answered. */
async function talk(
  context: Context,
  examined: Examined,
  file: string,
  force: boolean,
  prompter: Prompter,
): Promise<number> {
  const proposal = await chooseTables(prompter, examined, context.io.stderr.columns);
  if (proposal === null) return cancelled(prompter);
  await tellOutlook(prompter, examined, proposal);
  const there = existsSync(file) && !force;
  const agreed = await prompter.confirm(there ? `Overwrite ${file}?` : `Write ${file}?`, !there);
  if (agreed !== true) return cancelled(prompter);
  await write(file, examined.textOf(proposal), force || there);
  const dryRun = await prompter.confirm('Show what the first run would archive (a dry run)?', true);
  prompter.end(`Written: ${file}`);
  if (dryRun === true) {
    const policies = examined.policiesOf(proposal);
    const plan = await planRun(examined.reader, context.io.clock, policies, 'all');
    context.print(renderArchivePlan(plan, context.style, { width: context.width }));
  }
  context.next('firn archive all', 'to archive these rows');
  return EXIT.done;
}

function cancelled(prompter: Prompter): number {
  prompter.end('Cancelled. Nothing was written.');
  return EXIT.failed;
}

function tell(context: Context, file: string, { preset, program, tables }: Proposal): void {
  context.print(`Written: ${file}`);
  if (preset.length > 0)
    context.print(`  ${plural(preset.length, 'table')} of the preset observability found`);
  if (program !== null) context.print(`  recognised: ${program.name} (${program.versions})`);
  for (const { look, settings, active } of tables) {
    const what = settings.time_column === undefined ? '' : `, time column ${settings.time_column}`;
    context.print(
      active
        ? `  managed: ${look.table}${what}`
        : `  proposed: ${look.table}${what} (commented out; remove the # signs to use it)`,
    );
  }
  if (preset.length > 0 || tables.some(({ active }) => active))
    context.next('firn archive all --dry-run', 'to preview what would be archived');
  else if (tables.length > 0) context.next('firn init --accept --force', 'to use all proposed policies');
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
