import { knownTables } from '../../lookup/places/known-tables.ts';
import { observabilityPolicies } from '../../model/policy/policies.ts';
import { argument, type Command, defineCommand } from '../command.ts';
import { allCommands } from '../command-list.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { completionModel, type PolicyNames } from '../completion/model.ts';
import { zshScript } from '../completion/zsh.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-status.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const command: Command = defineCommand({
  description: 'The script completes commands, options, groups and the tables of the configuration in force.',
  arguments: {
    shell: argument<keyof typeof SCRIPTS>('<shell>', 'the shell', { choices: Object.keys(SCRIPTS) }),
  },
  examples: [
    ['eval "$(firn completion bash)"', 'in this shell, now'],
    ['firn completion zsh > ~/.zfunc/_firn', 'in every zsh whose $fpath has ~/.zfunc'],
    ['firn completion fish > ~/.config/fish/completions/firn.fish', 'in every fish'],
  ],
  async run(context, { shell }) {
    const loaded = await Promise.all(
      allCommands().map(async (entry) => [entry, (await entry.load()).command] as const),
    );
    const script = SCRIPTS[shell](completionModel(loaded, await policyNames(context)));
    context.print(script.trimEnd());
    return EXIT.done;
  },
});

/** A broken configuration is no reason to have no completion. */
async function policyNames(context: Context): Promise<PolicyNames> {
  const set = await context.config().then(
    ({ policies }) => policies,
    (error: Error) => {
      context.warn(`the configuration was left aside: ${error.message}`);
      return observabilityPolicies();
    },
  );
  const configured = [...set.policies.keys()];
  return { tables: await archivedToo(context).catch(() => configured), groups: [...set.groups.keys()] };
}

/** The tables of the configuration, and those that only the ledger or the archive knows. */
async function archivedToo(context: Context): Promise<readonly string[]> {
  await using opened = await context.read();
  return await knownTables(opened.reader.ledger, opened);
}
