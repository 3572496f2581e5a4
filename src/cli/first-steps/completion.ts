import { knownTables } from '../../lookup/places/known-tables.ts';
import { observabilityPolicies } from '../../model/policy/policies.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { completionModel, type PolicyNames } from '../completion/model.ts';
import { powershellScript } from '../completion/powershell.ts';
import { zshScript } from '../completion/zsh.ts';
import { argument, type Command, defineCommand } from '../frame/command.ts';
import type { CommandTree } from '../frame/command-entry.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** The command, which describes every command of the program, itself included. */
export function completionCommand({ entries, groups }: CommandTree): Command {
  return defineCommand({
    description:
      'The script completes commands, options, groups and tables. It takes the tables from the current configuration.',
    arguments: {
      shell: argument<keyof typeof SCRIPTS>('<shell>', 'name of the shell', {
        choices: Object.keys(SCRIPTS),
      }),
    },
    examples: [
      ['eval "$(firn completion bash)"', 'enable completion in the current shell'],
      ['firn completion zsh > ~/.zfunc/_firn', 'enable it for zsh, if ~/.zfunc is in $fpath'],
      ['firn completion fish > ~/.config/fish/completions/firn.fish', 'enable it for fish'],
      ['firn completion powershell >> $PROFILE', 'enable it for PowerShell'],
    ],
    async run(context, { shell }) {
      const loaded = await Promise.all(
        entries.map(async (entry) => [entry, (await entry.load()).command] as const),
      );
      const script = SCRIPTS[shell](completionModel(loaded, groups, await policyNames(context)));
      context.print(script.trimEnd());
      return EXIT.done;
    },
  });
}

/** With a broken configuration, the tables of the preset are completed. */
async function policyNames(context: Context): Promise<PolicyNames> {
  const set = await context.config().then(
    ({ policies }) => policies,
    (error: Error) => {
      context.warn(`cannot read the configuration, using the default tables: ${error.message}`);
      return observabilityPolicies();
    },
  );
  const configured = [...set.policies.keys()];
  return { tables: await archivedToo(context).catch(() => configured), groups: [...set.groups.keys()] };
}

/** The tables of the configuration, and those that only the ledger or the archive knows. */
async function archivedToo(context: Context): Promise<readonly string[]> {
  await using opened = await context.read();
  return await knownTables(opened.reader.ledger, { ...opened, dialect: opened.reader.dialect });
}
