import { oneOfSeveral } from '../../config/load.ts';
import { verifyJson } from '../../library/answers/keeping/verify-answer.ts';
import { verifyStores } from '../../library/work/runs/verify-stores.ts';
import { isSound, type VerifyReport } from '../../lifecycle/verify/verify-report.ts';
import { FirnError } from '../../model/errors.ts';
import { acknowledgeAlarm } from '../../operate/status/acknowledge-alarm.ts';
import { acknowledgedJson } from '../../operate/status/status-json.ts';
import { runEach } from '../fleet/run-each.ts';
import { argument, type Command, defineCommand, flag, toggle, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { renderVerify } from './verify-text.ts';

export const command: Command = defineCommand({
  description:
    'Without options, compares names, sizes and footers of the archive files with the ledger. Changes nothing, except that it records each problem. ' +
    'With files, and with --deep and --sample, reads the file contents. This takes the run lock, completes interrupted runs, and records what was verified. ' +
    'An alarm stays until a verification of its file succeeds, or until you acknowledge it with --acknowledge.',
  arguments: {
    files: argument(
      '[files...]',
      'archive files to verify, every byte, as alarms and retention files name them',
    ),
  },
  options: {
    deep: flag('--deep', 'verify every byte, digest, bundle and key', {
      conflicts: ['sample', 'acknowledge'],
    }),
    sample: value(
      '--sample <PERCENT>',
      'verify this share of all bytes, such as 5%, the longest unverified first',
      {
        parse: share,
      },
    ),
    notProvedFor: value(
      '--not-proved-for <DUR>',
      'skip what was verified within this time; use it to continue a stopped --deep',
      {
        parse: positiveDuration,
      },
    ),
    archivesOnly: flag('--archives-only', 'verify the archive files only; the database is not needed', {
      conflicts: ['sample', 'notProvedFor', 'acknowledge'],
    }),
    acknowledge: value('--acknowledge <PATH>', 'acknowledge the alarm about this file; needs --reason'),
    reason: value('--reason <TEXT>', 'reason for the acknowledgement'),
    maxRuntime: value('--max-runtime <DUR>', 'stop cleanly after this time', { parse: positiveDuration }),
    json: flag('--json', 'print the result as JSON'),
    progress: toggle('--progress', 'show progress on stderr (default: only on a terminal)'),
  },
  examples: [
    ['firn verify', 'run the quick check; works during another run'],
    ['firn verify --deep', 'verify everything'],
    ['firn verify --deep --not-proved-for 7d', 'continue a stopped verification'],
    ['firn verify warm/2026-01-16/tool_uses.jsonl.gz', 'verify one file, for example after you restored it'],
    ['firn verify --sample 5%', 'verify 5% a day, everything in 20 days'],
    ['firn verify --deep --archives-only', 'verify when the database is lost or damaged'],
    [
      'firn verify --acknowledge warm/2026-01-16/tool_uses.jsonl.gz --reason "lost with disk 3"',
      'acknowledge a file that no backup contains',
    ],
  ],
  async run(context, { files = [] }, options) {
    if (files.length > 0) requireAlone(options);
    if (options.acknowledge !== undefined || options.reason !== undefined)
      return await acknowledge(context, options);
    const report = await verify(context, files, options);
    if (options.json) context.json(verifyJson(report));
    else context.print(renderVerify(report, context.style, context.width));
    if (!isSound(report)) return EXIT.integrity;
    return report.complete ? EXIT.done : EXIT.partly;
  },
  async many(context, fleet, args, options) {
    if (options.acknowledge !== undefined || options.reason !== undefined) throw oneOfSeveral(fleet.file);
    return await runEach(context, fleet, { ...options, command: 'verify' }, (one, maxRuntime) =>
      command.run(one, args, { ...options, maxRuntime }),
    );
  },
});

interface Options {
  readonly deep: boolean;
  readonly sample: number | undefined;
  readonly notProvedFor: number | undefined;
  readonly archivesOnly: boolean;
  readonly acknowledge: string | undefined;
  readonly reason: string | undefined;
  readonly maxRuntime: number | undefined;
  readonly progress: boolean | undefined;
  readonly json: boolean;
}

/** Named files are read whole: no option says otherwise. */
function requireAlone(options: Options): void {
  const given = (['deep', 'sample', 'notProvedFor', 'archivesOnly', 'acknowledge'] as const).filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (given.length === 0) return;
  throw new FirnError(
    'usage',
    'files cannot be combined with --deep, --sample, --not-proved-for, --archives-only or --acknowledge',
    {
      operation: 'verify the files',
      hint: 'Pass only the files: each of them is read whole.',
    },
  );
}

async function verify(
  { io, flags, stores }: Context,
  files: readonly string[],
  options: Options,
): Promise<VerifyReport> {
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : options.progress);
  const { deep, sample, notProvedFor, archivesOnly, maxRuntime } = options;
  return await verifyStores(await stores(), {
    scope:
      files.length > 0 ? { files } : sample === undefined ? (deep ? 'deep' : 'quick') : { share: sample },
    notProvedForMs: notProvedFor ?? null,
    archivesOnly,
    maxRuntimeMs: maxRuntime ?? null,
    signal: io.signal,
    onProgress: showOn(progress),
  }).finally(() => progress.finish());
}

async function acknowledge(context: Context, { acknowledge, reason, json }: Options): Promise<number> {
  if (acknowledge === undefined || reason === undefined || reason.trim() === '') {
    throw new FirnError('usage', '--acknowledge PATH and --reason TEXT are required together', {
      operation: 'acknowledge the alarm',
      hint: 'See: firn verify --help',
    });
  }
  const { env } = context.io;
  const by = env.USER ?? env.LOGNAME ?? null;
  const alarms = await acknowledgeAlarm(await context.stores(), acknowledge, { by, reason });
  if (json) context.json({ command: 'verify', acknowledged: alarms.map(acknowledgedJson) });
  for (const { path, message } of json ? [] : alarms) context.print(`Acknowledged: ${path}: ${message}`);
  return EXIT.done;
}

/** `5%` as 0.05. */
function share(word: string, name: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(word)?.[1];
  const part = Number(percent ?? Number.NaN) / 100;
  if (part > 0 && part <= 1) return part;
  throw new FirnError(
    'usage',
    `${JSON.stringify(word)} is not a valid share. Pass a percentage above 0% and up to 100%, such as 5%.`,
    {
      operation: `read ${name}`,
    },
  );
}
