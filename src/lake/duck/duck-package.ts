import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the same place from the sources and from the bundled program. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '');

/** The command that installs DuckDB where this program finds it. */
export function duckInstallCommand(): string {
  return installCommandOf('@duckdb/node-api');
}

/** The command that installs an optional package, in the version that it was tested with. */
export function installCommandOf(name: string): string {
  const { optionalDependencies } = JSON.parse(readFileSync(`${PACKAGE}/package.json`, 'utf8'));
  return installCommandFor(PACKAGE, `${name}@${optionalDependencies[name]}`);
}

/** Beside an installed package, for all users or in a project; in a checkout, what `npm ci` left out; in the folder of the single executable. */
export function installCommandFor(folder: string, wanted: string): string {
  const modules = dirname(folder);
  if (basename(modules) !== 'node_modules')
    return existsSync(`${folder}/src`)
      ? `npm ci --include=optional --prefix ${quoted(folder)}`
      : `npm install --no-save --omit=dev --prefix ${quoted(folder)} ${wanted}`;
  const project = dirname(modules);
  return basename(project) === 'lib'
    ? `npm install --global --prefix ${quoted(dirname(project))} ${wanted}`
    : `npm install --prefix ${quoted(project)} ${wanted}`;
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
