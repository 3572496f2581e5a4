import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { volatileFolder } from '../faults/recorded-run.ts';

/** The checkout that this file is in. */
export const ROOT: string = resolve(import.meta.dirname, '..', '..', '..');

const COPIED = [
  'src',
  'test',
  'bin',
  'scripts',
  'bench',
  'docs',
  'examples',
  'schema',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const SETTINGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'biome.json',
  'knip.json',
];

/** A copy of the checkout to break and to run, and a place for the temporary files of its tests. */
export class CheckoutCopy implements Disposable {
  readonly folder: string = volatileFolder();
  readonly #temporary: string = volatileFolder();

  constructor() {
    for (const part of [...COPIED, ...SETTINGS])
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Runs with a folder for temporary files, which is gone afterwards whatever a killed test left in it. */
  async withTemporary<T>(run: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(this.#temporary, 't'));
    try {
      return await run(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  [Symbol.dispose](): void {
    for (const folder of [this.folder, this.#temporary])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
