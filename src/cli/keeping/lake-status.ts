import { isInStep, lakeStatusJson } from '../../library/answers/keeping/lake-answer.ts';
import { lakeStanding } from '../../library/work/runs/lake-runs.ts';
import { type Command, defineCommand, flag } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderLake } from './lake-text.ts';

export const command: Command = defineCommand({
  description:
    'Shows for each table how many archived rows the lake contains. The lake is a copy of the archives as Parquet for SQL (lake: true in the configuration). ' +
    'Compares names and sizes with the ledger and reads no file. What the lake lacks is read from the archive files.',
  options: { json: flag('--json', 'print the result as JSON') },
  examples: [['firn lake status', 'show how much of the archives the lake contains']],
  async run(context, _, { json }) {
    const standing = await lakeStanding(await context.stores());
    if (json) context.json(lakeStatusJson(standing));
    else context.print(renderLake(standing, context.style, context.width));
    for (const { path, why } of standing.problems) context.warn(`${path}: ${why}`);
    for (const path of standing.unknown) context.warn(`${path} is ignored: the ledger does not list it`);
    if (standing.lake && !isInStep(standing) && !json)
      context.next('firn lake rebuild', 'to write the lake again');
    return EXIT.done;
  },
});
