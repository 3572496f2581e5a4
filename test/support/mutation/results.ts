import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What became of a mutant. */
export interface Result {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
  /** Nobody runs an uncovered one. A survivor of some test files only may have been left when the time given to it was over. */
  readonly verdict: 'killed' | 'too slow' | 'survived' | 'uncovered';
  /** The test file and test that found it. */
  readonly by: readonly [file: string, test: string] | null;
  /** The test files that were run with it, of those that run the place. */
  readonly tried: readonly string[];
  readonly covering: number;
  readonly seconds: number;
}

/** Results that are kept as they come, so that a run can be stopped and gone on with. Of two for one mutant the later counts. */
export class Results {
  readonly #path: string;
  readonly #byId = new Map<string, Result>();

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const result: Result = JSON.parse(line);
      this.#byId.set(result.id, result);
    }
  }

  add(result: Result): void {
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`);
    this.#byId.set(result.id, result);
  }

  get(id: string): Result | undefined {
    return this.#byId.get(id);
  }

  all(): Result[] {
    return [...this.#byId.values()];
  }
}

/** Whether the tests noticed. */
export function isCaught({ verdict }: Result): boolean {
  return verdict === 'killed' || verdict === 'too slow';
}
