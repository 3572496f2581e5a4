import { spawnSync } from 'node:child_process';
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
