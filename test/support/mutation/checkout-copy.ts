import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { volatileFolder } from '../faults/recorded-run.ts';

/** The checkout that this file is in. */
export const ROOT: string = resolve(import.meta.dirname, '..', '..', '..');

const FOLDERS = ['src', 'test', 'bin', 'scripts', 'bench', 'docs', 'examples', 'schema'];
const PAGES = ['README.md', 'CHANGELOG.md', 'LICENSE'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** A copy of the checkout to break and to run, and a place for the temporary files of its tests. */
export class CheckoutCopy implements Disposable {
  readonly folder: string = volatileFolder();
  readonly #temporary: string = volatileFolder();

  constructor() {
    // Tests ask whether another account could run the program from here, and read what is in its temporary folder.
    for (const folder of [this.folder, this.#temporary]) chmodSync(folder, 0o755);
    for (const part of [...FOLDERS, ...PAGES, ...SETTINGS])
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Runs with a folder for temporary files, which is gone afterwards whatever a killed test left in it. */
  async withTemporary<T>(run: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(this.#temporary, 't'));
    // As the temporary folder of the system: for everybody.
    chmodSync(folder, 0o1777);
    try {
      return await run(folder);
    } finally {
      removeFolder(folder);
    }
  }

  [Symbol.dispose](): void {
    removeFolder(this.folder);
    removeFolder(this.#temporary);
  }
}

/** Tests mount small file systems; a killed one leaves them. */
function removeFolder(folder: string): void {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounted) spawnSync('umount', ['-l', path]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
