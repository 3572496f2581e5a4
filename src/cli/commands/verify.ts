import { stopper } from '../../lifecycle/run.ts';
import { verifyQuick } from '../../lifecycle/verify.ts';
import type { VerifyReport } from '../../lifecycle/verify-report.ts';
import { runVerify } from '../../lifecycle/verify-run.ts';
import { FirnError } from '../../model/errors.ts';
import { type Command, defineCommand, flag, toggle, value } from '../command.ts';
import type { Context } from '../context.ts';
import { positiveDuration } from '../durations.ts';
import { EXIT } from '../exit-status.ts';
import { createProgress } from '../render/progress.ts';
import { renderVerify, verifyJson } from '../render/verify.ts';

export const command: Command = defineCommand({
  description:
    'Without options it compares names, sizes, footers and receipts, and changes nothing. ' +
    '--deep and --sample read the bytes: they take the run lock, finish what an earlier run left, and remember what they proved.',
  options: {
    deep: flag('--deep', 'prove every byte, every digest, every bundle, and that no key stands twice', {
      conflicts: ['sample'],
    }),
    sample: value(
      '--sample <PERCENT>',
      'prove this share of all bytes: 5%; what was proved longest ago comes first',
      {
        parse: share,
      },
    ),
    notProvedFor: value(
      '--not-proved-for <DUR>',
      'leave out what was proved within this time: goes on with a --deep that was stopped',
      {
        parse: positiveDuration,
      },
    ),
    maxRuntime: value('--max-runtime <DUR>', 'stop cleanly after this time', { parse: positiveDuration }),
    json: flag('--json', 'print the result as JSON'),
    progress: toggle('--progress', 'progress on stderr (default: only on a terminal)'),
  },
  examples: [
    ['firn verify', 'a quick look, also while another run is at work'],
    ['firn verify --deep', 'proof of everything'],
    ['firn verify --deep --not-proved-for 7d', 'go on with a proof that was stopped'],
    ['firn verify --sample 5%', 'a daily scrub: everything is proved every twenty days'],
  ],
  async run(context, _, options) {
    const report =
      options.deep || options.sample !== undefined ? await prove(context, options) : await look(context);
    if (options.json) context.json(verifyJson(report));
    else context.print(renderVerify(report, context.style, context.width));
    return report.alarms.length > 0 ? EXIT.integrity : EXIT.done;
  },
});

interface Options {
  readonly deep: boolean;
  readonly sample: number | undefined;
  readonly notProvedFor: number | undefined;
  readonly maxRuntime: number | undefined;
  readonly progress: boolean | undefined;
}

async function look(context: Context): Promise<VerifyReport> {
  await using opened = await context.read();
  return await verifyQuick(opened.reader.ledger, opened.archive, opened.clock);
}

async function prove(context: Context, options: Options): Promise<VerifyReport> {
  const { io, flags } = context;
  await using opened = await context.write('verify');
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : options.progress);
  return await runVerify(opened, {
    scope: options.sample === undefined ? 'deep' : { share: options.sample },
    ...(options.notProvedFor === undefined ? {} : { notProvedForMs: options.notProvedFor }),
    stop: stopper(io.clock, { signal: io.signal, maxRuntimeMs: options.maxRuntime ?? null }),
    onProgress: ({ segments, totalSegments, bytes }) =>
      progress.show({ doing: 'segments', rows: segments, totalRows: totalSegments, bytes }),
  }).finally(() => progress.finish());
}

/** `5%` as 0.05. */
function share(word: string, name: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(word)?.[1];
  const part = Number(percent ?? Number.NaN) / 100;
  if (part > 0 && part <= 1) return part;
  throw new FirnError(
    'usage',
    `${name} takes a share above 0% and up to 100%, such as 5%, and not ${JSON.stringify(word)}`,
    {
      operation: 'read the command line',
    },
  );
}
