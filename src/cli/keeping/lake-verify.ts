import { lakeVerifyJson } from '../../library/answers/keeping/lake-answer.ts';
import { verifyLakeFiles } from '../../library/work/runs/lake-runs.ts';
import { type Command, defineCommand, flag, toggle } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { formatBytes, plural } from '../terminal/quantity.ts';

export const command: Command = defineCommand({
  description:
    'Reads every file of the lake and compares its bytes and metadata with the ledger. Changes nothing. The exit code is 1 if a file is missing or damaged: ' +
    'its rows are read from the archive files until firn lake rebuild writes it again.',
  options: {
    json: flag('--json', 'print the result as JSON'),
    progress: toggle('--progress', 'show progress on stderr (default: only on a terminal)'),
  },
  examples: [['firn lake verify', 'verify every byte of the lake']],
  async run(context, _, { json, progress: wanted }) {
    const { io, flags } = context;
    const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : wanted);
    const verified = await verifyLakeFiles(await context.stores(), io.signal, showOn(progress)).finally(() =>
      progress.finish(),
    );
    const { files, bytes, problems } = verified;
    if (json) context.json(lakeVerifyJson(verified));
    else {
      for (const { path, why } of problems) context.print(`  ${path}: ${why}`);
      const found =
        problems.length === 0 ? 'No problems found' : `${plural(problems.length, 'problem')} found`;
      context.print(`${found} in ${plural(files, 'file')} of the lake (${formatBytes(bytes)}).`);
      if (problems.length > 0) context.next('firn lake rebuild', 'to write the lake again');
    }
    return problems.length === 0 ? EXIT.done : EXIT.failed;
  },
});
