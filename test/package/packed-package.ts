import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export type Ran = SpawnSyncReturns<string>;

/** What `npm pack` made of the sources as they are now. */
export interface PackedPackage {
  readonly tarball: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Runs a program; its environment has no configuration of Firn, and no `node_modules/.bin` of this checkout. */
export function runIn(
  cwd: string,
  program: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Ran {
  const { FIRN_DB: _1, FIRN_ARCHIVES: _2, FIRN_CONFIG: _3, NODE_OPTIONS: _4, ...rest } = process.env;
  const path = (rest.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return spawnSync(program, argv, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...rest, NO_COLOR: '1', npm_config_update_notifier: 'false', PATH: path.join(':'), ...env },
  });
}

export function mustRun(
  cwd: string,
  program: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): string {
  const { status, stdout, stderr, error } = runIn(cwd, program, argv, env);
  if (status !== 0)
    throw new Error(
      `${program} ${argv.join(' ')}: ${status} ${error ?? ''}\n${stdout.slice(-2000)}\n${stderr}`,
    );
  return stdout;
}

/** Builds and packs a copy of this checkout below `folder`. */
export function packPackage(folder: string): PackedPackage {
  const clone = join(folder, 'clone');
  const listed = mustRun(ROOT, 'git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name))))
    cpSync(join(ROOT, file), join(clone, file));
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const said = mustRun(clone, 'npm', ['pack', '--json', '--silent', '--pack-destination', folder]);
  const answer = JSON.parse(said.slice(said.search(/^[[{]/m)));
  const [packed] = Object.values(answer) as [
    { filename: string; size: number; files: PackedPackage['files'] },
  ];
  return { tarball: join(folder, packed.filename), size: packed.size, files: packed.files };
}

/** Installs packages in a new project; its folder. */
export function installIn(folder: string, ...wanted: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  mustRun(folder, 'npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...wanted]);
  return folder;
}

/** The binary of a Node.js release from npm, or why it cannot be had. */
export function nodeRelease(
  folder: string,
  version: string,
): { readonly node: string } | { readonly skip: string } {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const project = installIn(join(folder, `node-${version}`), `${name}@${version}`);
    return { node: join(project, 'node_modules', name, 'bin', 'node') };
  } catch (error) {
    return { skip: `SKIPPED: Node.js ${version} cannot be had: ${(error as Error).message.slice(0, 300)}` };
  }
}
