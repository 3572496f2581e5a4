import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CheckoutCopy } from './checkout-copy.ts';

/** How one test file ended. */
export interface TestFileVerdict {
  readonly ended: 'passed' | 'failed' | 'too slow';
  /** The first test that failed, or the last line where no test has a name. */
  readonly failure: string | null;
  readonly seconds: number;
}

/** What a run of a test file may take, and the folder to write coverage to, if any. */
export interface TestFileOptions {
  readonly limitSeconds: number;
  readonly coverage?: string;
}

/** Runs one test file of a copy up to its first failure, and leaves no process behind that is in its group. */
export async function runTestFile(
  copy: CheckoutCopy,
  file: string,
  options: TestFileOptions,
): Promise<TestFileVerdict> {
  return copy.withTemporary(async (temporary) => {
    // Else the child takes itself for a test of the test that called.
    const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
    const cache = join(copy.folder, '.compile-cache');
    const extra = options.coverage ? { NODE_V8_COVERAGE: options.coverage } : { NODE_COMPILE_CACHE: cache };
    const child = spawn(process.execPath, ['--test-reporter=tap', file], {
      cwd: copy.folder,
      env: { ...inherited, TMPDIR: temporary, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    return await watch(child, options);
  });
}

async function watch(
  child: ChildProcess,
  { limitSeconds, coverage }: TestFileOptions,
): Promise<TestFileVerdict> {
  const began = performance.now();
  let output = '';
  let failure: string | null = null;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end(child);
  }, limitSeconds * 1000);
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const found = /^ *not ok \d+ - (?!.* # (?:TODO|SKIP))(.*)$/m.exec(output);
    failure ??= found?.[1] ?? null;
    if (failure !== null && coverage === undefined) end(child);
    output = output.slice(output.lastIndexOf('\n', output.length - 2) + 1);
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-2000);
  });
  const status = await new Promise<number | null>((settle) => {
    // A grandchild of another group may hold the pipes open: what counts is the end of the test's own process.
    child.on('exit', (code) => setTimeout(() => settle(code), 20));
    child.on('error', () => settle(-1));
  });
  clearTimeout(timer);
  end(child);
  child.stdout!.destroy();
  child.stderr!.destroy();
  const seconds = Math.round((performance.now() - began) / 10) / 100;
  if (failure !== null) return { ended: 'failed', failure, seconds };
  if (late) return { ended: 'too slow', failure: null, seconds };
  if (status === 0) return { ended: 'passed', failure: null, seconds };
  const last = /^\w*Error.*$/m.exec(errors)?.[0] ?? `exit status ${status}`;
  return { ended: 'failed', failure: last, seconds };
}

function end(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // The group is empty already.
  }
}
