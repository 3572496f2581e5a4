import { fileDetailsJson } from '../../library/answers/retention/file-details-answer.ts';
import { archiveFilesJson } from '../../library/answers/retention/files-answer.ts';
import { lookAtFile, lookAtFiles, segmentOf } from '../../library/work/runs/look-at-retention.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { ROW_OPTIONS, timeRange, wholeNumber } from '../input/filter-options.ts';
import { renderArchiveFiles } from './archive-files-text.ts';
import { renderFileDetails } from './file-details-text.ts';

const DEFAULT_LIMIT = 50;

export const command: Command = defineCommand({
  description:
    'Lists the archive files from the ledger, newest first, with rows, sizes and last verification. ' +
    'NAME is a table, a group or a bundle, for its files only; or one file, for its format, columns, blocks and lookup keys. No row is read.\n' +
    'Each file is verified once when it is archived; VERIFIED is the last time since then. ' +
    'If an archive file is damaged, missing or not listed in the ledger, the command reports it and exits with code 5.',
  arguments: { name: argument('[NAME]', 'table, group, bundle or archive file', { completes: 'targets' }) },
  options: {
    since: ROW_OPTIONS.since,
    until: ROW_OPTIONS.until,
    tier: value<'warm' | 'cold'>('--tier <TIER>', 'list this tier only', { choices: ['warm', 'cold'] }),
    limit: value(
      '--limit <N>',
      `maximum number of files (default ${DEFAULT_LIMIT} as a table, otherwise no limit)`,
      {
        parse: wholeNumber(0),
      },
    ),
    json: flag('--json', 'print the files as JSON'),
  },
  examples: [
    ['firn retention files tool_uses --since 90d', 'list the files of one table'],
    [
      'firn retention files 2026-05-08/tool_uses.jsonl.gz',
      'show one file: columns, blocks, last verification',
    ],
    [
      "firn retention files --json | jq '.files[] | select(.verified_at == null)'",
      'find files not verified since',
    ],
  ],
  async run(context, { name }, { since, until, tier, limit, json }) {
    const range = timeRange({ since, until }, context.io.clock.now());
    const stores = await context.stores();
    const segment = name === undefined ? null : segmentOf(name);
    if (segment !== null) {
      const details = await lookAtFile(stores, segment);
      if (json) context.json(fileDetailsJson(details));
      else context.print(renderFileDetails(details, context.style, context.width));
      return details.problem?.acknowledged === false ? EXIT.integrity : EXIT.done;
    }
    const found = await lookAtFiles(stores, name, { ...range, tier: tier ?? null });
    const most = limit ?? (json ? null : DEFAULT_LIMIT);
    if (json) context.json(archiveFilesJson(found, most));
    else context.print(renderArchiveFiles(found, most, context.style, context.width));
    for (const { path, message } of found.alarms) context.warn(`${path}: ${message}`);
    return found.alarms.length === 0 ? EXIT.done : EXIT.integrity;
  },
});
