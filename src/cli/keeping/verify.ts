import { verifyArchive } from '../../lifecycle/verify/verify-archive.ts';
import type { VerifyProgress } from '../../lifecycle/verify/verify-bytes.ts';
import { isSound, type VerifyReport } from '../../lifecycle/verify/verify-report.ts';
import { runVerify, type VerifyOptions } from '../../lifecycle/verify/verify-run.ts';
import { FirnError } from '../../model/errors.ts';
import { stopAt } from '../../model/stop.ts';
import { acknowledgeAlarm } from '../../operate/status/acknowledge-alarm.ts';
import { quickVerify } from '../../operate/status/quick-verify.ts';
import { acknowledgedJson } from '../../operate/status/status-json.ts';
import { argument, type Command, defineCommand, flag, toggle, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { positiveDuration } from '../input/durations.ts';
import { createProgress } from '../terminal/progress.ts';
import { renderVerify, verifyJson } from './verify-text.ts';

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

async function verify(context: Context, files: readonly string[], options: Options): Promise<VerifyReport> {
  const { io } = context;
  const stop = stopAt(io.clock, { signal: io.signal, maxRuntimeMs: options.maxRuntime ?? null });
  if (options.archivesOnly) {
    const archive = await (await context.stores()).openArchive();
    return await showing(context, options, (onProgress) =>
      verifyArchive(archive, io.clock, { deep: options.deep, stop, onProgress }),
    );
  }
  try {
    if (files.length === 0 && !options.deep && options.sample === undefined)
      return await quickVerify(await context.stores(), stop);
    const scope =
      files.length > 0 ? { files } : options.sample === undefined ? 'deep' : { share: options.sample };
    return await prove(context, scope, options, stop);
  } catch (error) {
    throw namingTheWayOut(error);
  }
}

async function prove(
  context: Context,
  scope: VerifyOptions['scope'],
  options: Options,
  stop: () => string | null,
): Promise<VerifyReport> {
  await using opened = await context.write('verify');
  return await showing(context, options, (onProgress) =>
    runVerify(opened, {
      scope,
      ...(options.notProvedFor === undefined ? {} : { notProvedForMs: options.notProvedFor }),
      stop,
      onProgress,
    }),
  );
}

async function showing(
  { io, flags }: Context,
  { progress: wanted }: Options,
  work: (onProgress: (progress: VerifyProgress) => void) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : wanted);
  return await work(({ segments, totalSegments, bytes }) =>
    progress.show({ doing: 'segments', rows: segments, totalRows: totalSegments, bytes }),
  ).finally(() => progress.finish());
}

/** A lost or damaged database keeps nobody from verifying the files. */
function namingTheWayOut(error: unknown): unknown {
  if (!(error instanceof FirnError) || !['database', 'not_found', 'io'].includes(error.code)) return error;
  const wayOut = 'To verify the archive files without the database: firn verify --archives-only --deep';
  return new FirnError(error.code, error.message, {
    operation: error.operation,
    ...(error.path === undefined ? {} : { path: error.path }),
    hint: error.hint === undefined ? wayOut : `${error.hint} ${wayOut}`,
    cause: error,
  });
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
