import { createContext } from './frame/context.ts';
import { EXIT } from './frame/exit-status.ts';
import { renderFailure, statusOf } from './frame/failure.ts';
import { readVersion } from './frame/version.ts';
import { type Answer, type Invocation, parseCommandLine } from './parser.ts';
import type { Io } from './terminal/io.ts';
import { styleFor } from './terminal/style.ts';
import { asUsageError } from './usage-error.ts';

/** The whole program: from its arguments to its exit status. Never rejects, and touches nothing but `io`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const verbose = argv.includes('--verbose') || Boolean(io.env.FIRN_DEBUG);
  try {
    const understood = await understand(argv, io);
    if ('text' in understood) {
      io.stdout.write(understood.text);
      return understood.status;
    }
    const context = createContext(io, understood.flags);
    return await understood.command.run(context, understood.args, understood.options);
  } catch (error) {
    if (io.signal.aborted && io.signal.reason === 'closed pipe') return EXIT.done;
    io.stderr.write(renderFailure(error, styleFor(io.stderr, io.env), verbose));
    return statusOf(error);
  }
}

async function understand(argv: readonly string[], io: Io): Promise<Invocation | Answer> {
  try {
    return await parseCommandLine(argv, styleFor(io.stdout, io.env), readVersion);
  } catch (error) {
    throw await asUsageError(error, argv);
  }
}
