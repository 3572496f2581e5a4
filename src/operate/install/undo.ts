import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How to take back what was done, the last step first: an installation that fails leaves everything as it was. */
export class Undo {
  readonly #steps: (() => Promise<unknown>)[] = [];

  /** To be called after the step was taken, or before one that may fail half done. */
  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Makes the folder and its parents; what was made is removed again where nothing else is in it. Returns the outermost folder that was made. */
  async makeFolder(folder: string): Promise<string | undefined> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return undefined;
    this.add(async () => {
      for (let made = folder; ; made = dirname(made)) {
        await rmdir(made);
        if (made === first) return;
      }
    });
    return first;
  }

  /** Runs `action`; when it fails, takes everything back and throws its error. A step back that fails does not keep the others from being taken. */
  async onFailure<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      for (const step of this.#steps.reverse()) await step().catch(() => undefined);
      throw error;
    }
  }
}
