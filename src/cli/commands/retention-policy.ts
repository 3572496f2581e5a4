import { type Command, defineCommand, flag } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { policiesJson, renderPolicies } from '../render/retention-policy.ts';

export const command: Command = defineCommand({
  description:
    'A row is hot in the database, then warm in daily files, then cold in monthly bundles, then gone. ' +
    'Each table has its own times; cold 0d means that its rows end with the warm time.\n' +
    'The preset is changed, and tables are added, in firn.config.yaml.',
  options: { json: flag('--json', 'print the policies as JSON, by table') },
  examples: [
    ['firn retention policy', 'the policies in force'],
    ['firn retention policy --json | jq .tool_uses.total_days', 'how long a tool use is kept in all'],
  ],
  async run(context, _, { json }) {
    const { policies, origins } = await context.config();
    if (json) context.json(policiesJson(policies));
    else context.print(renderPolicies(policies, origins.tables, context.style, context.width));
    return EXIT.done;
  },
});
