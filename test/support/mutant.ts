import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { volatileFolder } from './faults/recorded-run.ts';
import type { Mutation } from './mutations.ts';

const ROOT: string = resolve(import.meta.dirname, '..', '..');

/** What a test file said. */
export interface Verdict {
  readonly passed: boolean;
  /** Names of the tests that failed, or the output where none has a name. */
  readonly failed: readonly string[];
  readonly ran: number;
}

/** A copy of the checkout in a folder of its own, to be broken. The checkout itself is never changed. */
export class Mutant implements Disposable {
  readonly #folder: string = volatileFolder();

  constructor() {
    for (const part of ['src', 'test', 'bin', 'scripts', 'package.json', 'schema'])
      cpSync(join(ROOT, part), join(this.#folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Runs the tests with the sources broken, and mends them again. Throws when the place to break is not there exactly once. */
  try({ file, find, replace, test, pattern }: Mutation): Verdict {
    const path = join(this.#folder, file);
    const whole = readFileSync(path, 'utf8');
    if (whole.split(find).length !== 2) throw new Error(`${file} does not have exactly once:\n${find}`);
    writeFileSync(
      path,
      whole.replace(find, () => replace),
    );
    try {
      return this.run(test, pattern);
    } finally {
      writeFileSync(path, whole);
    }
  }

  /** Runs tests of the copy as it is. */
  run(test: string, pattern: string): Verdict {
    const args = ['--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, test];
    // Without it the runner takes itself for a test of the test that called.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const options = { cwd: this.#folder, env, encoding: 'utf8', timeout: 300_000 } as const;
    const { status, stdout } = spawnSync(process.execPath, args, options);
    const failed = [...stdout.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, name]) => name!);
    return {
      passed: status === 0,
      failed: failed.filter((name) => !name.endsWith('.test.ts')),
      ran: Number(/^# tests (\d+)$/m.exec(stdout)?.[1] ?? 0),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
