import assert from 'node:assert/strict';
import { run } from '../../src/cli/main.ts';
import type { Io, Output } from '../../src/cli/terminal/io.ts';
import type { Prompter } from '../../src/cli/terminal/prompter.ts';

/** What a run of the program left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly isTTY?: boolean;
  readonly now?: number;
  readonly nodeVersion?: string;
  readonly signal?: AbortSignal;
  readonly typed?: readonly string[];
  /** Instead of `typed`, for what is to happen when the program asks. */
  readonly lines?: AsyncIterable<string>;
  /** What the program does where it waits; nothing, unless told. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Answers the questions of a dialogue. */
  readonly prompter?: Prompter;
}

/** The instant of a test's world unless it says otherwise: 2026-06-01T00:00:00Z. */
export const TEST_NOW: number = Date.UTC(2026, 5, 1);

/** Runs the program in this process, in a world of its own. */
export async function firn(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const out: string[] = [];
  const aside: string[] = [];
  let elapsed = 0;
  const io: Io = {
    stdout: collector(out, world.isTTY),
    stderr: collector(aside, world.isTTY),
    stdin: {
      isTTY: world.isTTY ?? false,
      async *lines() {
        yield* world.lines ?? world.typed ?? [];
      },
    },
    prompter: async () => world.prompter ?? assert.fail('nobody is here to be asked'),
    env: world.env ?? {},
    cwd: world.cwd ?? '/nowhere',
    execPath: process.execPath,
    nodeVersion: world.nodeVersion ?? process.versions.node,
    clock: {
      now: () => world.now ?? TEST_NOW,
      monotonic: () => {
        elapsed += 1;
        return elapsed;
      },
      sleep: world.sleep ?? (() => Promise.resolve()),
    },
    signal: world.signal ?? new AbortController().signal,
  };
  const status = await run(argv, io);
  return { status, stdout: out.join(''), stderr: aside.join('') };
}

function collector(into: string[], isTTY = false): Output {
  return {
    isTTY,
    columns: 80,
    write: (chunk) => {
      into.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    },
    drained: () => Promise.resolve(),
  };
}
