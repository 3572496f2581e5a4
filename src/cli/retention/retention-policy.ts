import { policiesJson } from '../../library/answers/retention/policies-answer.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderPolicies } from './retention-policy-text.ts';

export const command: Command = defineCommand({
  description:
    'A row is first hot (in the database), then warm (in a daily file), then cold (in a monthly bundle), then purged (deleted). ' +
    'Each table has its own times. cold 0d means that rows are purged at the end of the warm time.\n' +
    'To change policies or add tables, edit firn.config.yaml.',
  options: { json: flag('--json', 'print the policies as JSON') },
  examples: [
    ['firn retention policy', 'show the current policies'],
    ['firn retention policy --json | jq .tool_uses.total_days', 'show the total retention time of one table'],
  ],
  async run(context, _, { json }) {
    const { policies, origins } = await context.config();
    if (json) context.json(policiesJson(policies));
    else context.print(renderPolicies(policies, origins, context.style, context.width));
    return EXIT.done;
  },
  async many(context, { settings, origins }, _, { json }) {
    if (json) context.json(policiesJson(settings.policies));
    else context.print(renderPolicies(settings.policies, origins, context.style, context.width));
    return EXIT.done;
  },
});
