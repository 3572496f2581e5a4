import { lakeRebuildJson } from '../../library/answers/keeping/lake-answer.ts';
import { rebuildLake } from '../../library/work/runs/lake-runs.ts';
import { type Command, defineCommand, flag, toggle } from '../frame/command.ts';
import { EXIT } from '../frame/exit-status.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { formatBytes, plural } from '../terminal/quantity.ts';

export const command: Command = defineCommand({
  description:
    'Use it when firn lake status or firn lake verify reports problems. Removes all files of the lake and writes them again from the archive files. ' +
    'Queries read the archive files during the run. It can be stopped and run again: archiving and cleanup also write what the lake lacks.',
  options: {
    json: flag('--json', 'print the result as JSON'),
    progress: toggle('--progress', 'show progress on stderr (default: only on a terminal)'),
  },
  examples: [['firn lake rebuild', 'write the lake again from the archive files']],
  async run(context, _, { json, progress: wanted }) {
    const { io, flags } = context;
    const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : wanted);
    const report = await rebuildLake(await context.stores(), io.signal, showOn(progress)).finally(() =>
      progress.finish(),
    );
    const { files, rows, bytes, left, problems, notes } = report;
    if (json) context.json(lakeRebuildJson(report));
    else {
      for (const { path, why } of problems) context.print(`  ${path} was not written: ${why}`);
      context.print(
        `${context.style.heading(left === 0 && problems.length === 0 ? 'Rebuilt:' : 'Partly rebuilt:')} ${plural(files, 'file')}, ${plural(rows, 'row')} (${formatBytes(bytes)})`,
      );
      if (left > 0)
        context.print(`${plural(left, 'file')} not written yet. Run the command again to continue.`);
    }
    for (const note of notes) context.warn(note);
    return left > 0 || problems.length > 0 ? EXIT.partly : EXIT.done;
  },
});
