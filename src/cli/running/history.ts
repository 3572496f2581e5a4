import { JOB_NAMES, type JobName } from '../../hot/run-log.ts';
import { historyJson } from '../../library/answers/running/history-answer.ts';
import { readHistory } from '../../operate/status/run-history.ts';
import { type Command, defineCommand, flag, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { wholeNumber } from '../input/filter-options.ts';
import { renderHistory } from './history-text.ts';

const DEFAULT_LIMIT = 20;

export const command: Command = defineCommand({
  description:
    'Lists the runs that changed the database or the archives, newest first: when they started, how they ended, how many rows they moved, ' +
    'and the size of the archive files that they wrote. For a running job, it shows the files that are in progress.\n' +
    'Firn keeps the newest 1,000 runs, and of older ones the last run of each job and day for 400 days.',
  options: {
    limit: value(
      '--limit <N>',
      `maximum number of runs (default ${DEFAULT_LIMIT} as a table, otherwise no limit)`,
      {
        parse: wholeNumber(0),
      },
    ),
    job: value<JobName>('--job <JOB>', 'list runs of this job only', { choices: JOB_NAMES }),
    json: flag('--json', 'print the runs as JSON'),
  },
  examples: [
    ['firn history', 'show the newest runs'],
    ['firn history --job daily --limit 5', 'show the newest runs of one job'],
    ['firn history --json | jq \'.runs[] | select(.outcome != "done")\'', 'find runs that did not complete'],
  ],
  async run(context, _, { limit, job, json }) {
    const most = limit ?? (json ? null : DEFAULT_LIMIT);
    const history = await readHistory(await context.stores(), { limit: most, job: job ?? null });
    if (json) context.json(historyJson(history));
    else context.print(renderHistory(history, context.style, context.width));
    return EXIT.done;
  },
});
