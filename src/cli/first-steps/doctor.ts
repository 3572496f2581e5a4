import { examinedJson } from '../../library/answers/keeping/doctor-answer.ts';
import { examine } from '../../operate/doctor/examine.ts';
import { needsPerson } from '../../operate/doctor/findings/finding.ts';
import { runEach } from '../fleet/run-each.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { readNeededNode } from '../frame/version.ts';
import { renderExamined } from './doctor-text.ts';

export const command: Command = defineCommand({
  description:
    'Checks the configuration, the database, the archives, permissions, disk space, the schedule and the tables, and prints one line and ' +
    'one remedy for each finding. It reads only a sample of the rows, changes nothing and creates no file.\n' +
    'note: worth knowing. warning: works, but should be changed. problem: archiving does not work as it should, or data is at risk. ' +
    'The exit code is 1 if there is a warning or a problem.',
  options: { json: flag('--json', 'print the findings as JSON') },
  examples: [
    ['firn doctor', 'check the installation'],
    [`firn doctor --json | jq -r '.findings[] | select(.remedy) | .remedy'`, 'print the remedies only'],
  ],
  async run(context, _, { json }) {
    const { io } = context;
    const program = { node: io.nodeVersion, neededNode: readNeededNode() };
    const examined = await examine(() => context.stores(), { program, env: io.env }, io.clock.now());
    if (json) context.json(examinedJson(examined));
    else context.print(renderExamined(examined, context.style, context.width));
    return needsPerson(examined.findings) ? EXIT.failed : EXIT.done;
  },
  many: (context, fleet, args, options) =>
    runEach(context, fleet, { ...options, command: 'doctor' }, (one) => command.run(one, args, options)),
});
