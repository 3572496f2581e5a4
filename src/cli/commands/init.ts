import { writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { CONFIG_FILE, loadConfig } from '../../config/load.ts';
import { FirnError } from '../../model/errors.ts';
import { getPolicy, isExempt, observabilityPolicies } from '../../model/policies.ts';
import type { Policy } from '../../model/policy.ts';
import { openReading } from '../../open.ts';
import { type Command, defineCommand, flag } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-status.ts';
import { configText, type Findings } from '../init/config-text.ts';
import { type Proposal, proposalFor } from '../init/proposal.ts';
import { plural } from '../render/quantity.ts';

export const command: Command = defineCommand({
  description:
    'Looks at the database and writes a commented firn.config.yaml, or the file that --config names. Tables of the ' +
    'preset are listed with their times; other tables with a time column are proposed, commented out.',
  options: {
    force: flag('--force', 'write over a file that is there'),
    print: flag('--print', 'print it, and write nothing'),
  },
  examples: [
    ['firn init --db-path database/ideas.db', 'write firn.config.yaml here'],
    ['firn init --print', 'look at it first'],
  ],
  async run(context, _, { force, print }) {
    const { io, flags } = context;
    const file = resolve(io.cwd, flags.config ?? io.env.FIRN_CONFIG ?? CONFIG_FILE);
    const findings = await look(context, dirname(file));
    const text = configText(findings);
    if (print) {
      context.print(text.trimEnd());
      return EXIT.done;
    }
    write(file, text, force);
    context.print(`Written: ${file}`);
    context.print(`  ${plural(findings.managed.length, 'table')} of the preset found`);
    for (const { table, timeColumn } of findings.proposals) {
      context.print(`  proposed: ${table}, by ${timeColumn} (take its comment signs away to manage it)`);
    }
    context.next('firn archive all --dry-run', 'to see what would leave');
    return EXIT.done;
  },
});

async function look({ io, flags }: Context, folder: string): Promise<Findings> {
  const { dbPath, archivePath } = flags;
  const config = loadConfig({
    flags: { dbPath, archivePath },
    env: io.env,
    cwd: io.cwd,
    readFile: () => null,
  });
  const preset = observabilityPolicies();
  const managed: Policy[] = [];
  const proposals: Proposal[] = [];
  const others: string[] = [];
  await using opened = await openReading(config, io.clock);
  for (const table of await opened.reader.tables()) {
    const policy = getPolicy(preset, table);
    if (policy !== null) managed.push(policy);
    if (policy !== null || isExempt(preset, table)) continue;
    const shape = await opened.reader.shape(table);
    const proposal = shape === null ? null : proposalFor(shape);
    if (proposal === null) others.push(table);
    else proposals.push(proposal);
  }
  return {
    schema: new URL('../../../schema/config.schema.json', import.meta.url).href,
    database: from(folder, config.database),
    archives: from(folder, config.archives),
    managed,
    proposals,
    others,
  };
}

/** Relative where that stays below the folder or beside it. */
function from(folder: string, path: string): string {
  const short = relative(folder, path);
  return short.startsWith('../..') ? path : short;
}

function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const there = code === 'EEXIST';
    throw new FirnError(there ? 'refused' : 'io', there ? 'it is there already' : message, {
      operation: 'write the configuration',
      path: file,
      ...(there ? { hint: 'To write over it, say --force; to look only, --print.' } : {}),
      cause,
    });
  }
}
