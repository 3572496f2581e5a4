import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from './benchmark.ts';

/** True when a program is there; when it is not, says so loudly, and which figures are missing for it. */
export function isThere(
  program: 'sqlite3' | 'gzip' | 'pigz' | 'zcat' | 'rg',
  missing: string,
  { warn }: Pick<BenchOptions, 'warn'>,
): boolean {
  const there = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!there) {
    const packageName = { zcat: 'gzip', rg: 'ripgrep' }[program as string] ?? program;
    warn(
      `${program.toUpperCase()} IS NOT INSTALLED: ${missing} not measured (apt-get install ${packageName})`,
    );
  }
  return there;
}

/** Where `scripts/test-tools.sh` installs ClickHouse as a library; null when it is not there, and says so. */
export function clickHouseFolder(missing: string, { warn }: Pick<BenchOptions, 'warn'>): string | null {
  const { XDG_CACHE_HOME, FIRN_TEST_TOOLS } = process.env;
  const tools = FIRN_TEST_TOOLS ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'firn-test-tools');
  const folder = join(tools, 'chdb@3.4.0');
  if (existsSync(join(folder, 'whole'))) return folder;
  warn(`CLICKHOUSE IS NOT INSTALLED: ${missing} not measured (scripts/test-tools.sh)`);
  return null;
}
