import { type Context, createContext } from './frame/context.ts';
import { EXIT } from './frame/exit-status.ts';
import { failureJson, renderFailure, statusOf } from './frame/failure.ts';
import { trafficText } from './frame/traffic-text.ts';
import { readVersion } from './frame/version.ts';
import { type Answer, type Invocation, parseCommandLine } from './parser.ts';
import type { Io, Output } from './terminal/io.ts';
import { styleFor } from './terminal/style.ts';
import { asUsageError } from './usage-error.ts';
import { WAITS } from './web/waiting-process.ts';

/** The whole program: from its arguments to its exit status. Never rejects, and touches nothing but `io`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const verbose = argv.includes('--verbose') || Boolean(io.env.FIRN_DEBUG);
  const answer = noting(io.stdout);
  let context: Context | undefined;
  try {
    const understood = await understand(argv, io);
    if ('text' in understood) {
      io.stdout.write(understood.text);
      return understood.status;
    }
    const { command, flags, args, options } = understood;
    context = createContext({ ...io, stdout: answer.output }, flags);
    const fleet = command.many === undefined ? null : await context.several();
    if (fleet !== null) return await command.many!(context, fleet, args, options);
    const status = await command.run(context, args, options);
    const traffic = context.traffic();
    if (verbose && traffic !== null) context.note(trafficText(traffic));
    return status;
  } catch (error) {
    if (io.signal.aborted && io.signal.reason === 'closed pipe') return EXIT.done;
    const failure = context === undefined ? error : await context.explain(error);
    if (wantsJson(argv, io) && !answer.begun()) io.stdout.write(failureJson(failure));
    io.stderr.write(renderFailure(failure, styleFor(io.stderr, io.env), verbose));
    return statusOf(failure);
  }
}

/** The web server takes an empty answer for a failure, and shows stderr. */
function wantsJson(argv: readonly string[], { env }: Io): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json') && env[WAITS] !== '1';
}

/** An output that knows whether something was written to it. */
function noting(output: Output): { readonly output: Output; begun(): boolean } {
  let begun = false;
  return {
    begun: () => begun,
    output: {
      isTTY: output.isTTY,
      get columns() {
        return output.columns;
      },
      write(chunk) {
        begun = true;
        output.write(chunk);
      },
      drained: () => output.drained(),
    },
  };
}

async function understand(argv: readonly string[], io: Io): Promise<Invocation | Answer> {
  try {
    return await parseCommandLine(argv, styleFor(io.stdout, io.env), readVersion);
  } catch (error) {
    throw await asUsageError(error, argv);
  }
}
