import { DUCK_LIMITS, type DuckLimits } from '../../lookup/sql/duck-limits.ts';
import { FirnError } from '../../model/errors.ts';
import { type Option, value } from '../frame/command.ts';

/** The options that bound what DuckDB uses. */
export const LIMIT_OPTIONS: {
  readonly memory: Option<number | undefined>;
  readonly spill: Option<number | undefined>;
} = {
  memory: value('--memory <SIZE>', 'memory of DuckDB (FIRN_SQL_MEMORY, default 1GB)', { parse: sizeOf }),
  spill: value('--spill <SIZE>', 'temporary files (FIRN_SQL_SPILL, default 16GB)', { parse: sizeOf }),
};

export interface LimitOptions {
  readonly memory: number | undefined;
  readonly spill: number | undefined;
}

/** Options first, then the environment. An empty variable counts as not set. */
export function limitsOf(
  { memory, spill }: LimitOptions,
  env: Readonly<Record<string, string | undefined>>,
): DuckLimits {
  const from = (name: string): number | undefined => (env[name] ? sizeOf(env[name], name) : undefined);
  return {
    memoryBytes: memory ?? from('FIRN_SQL_MEMORY') ?? DUCK_LIMITS.memoryBytes,
    spillBytes: spill ?? from('FIRN_SQL_SPILL') ?? DUCK_LIMITS.spillBytes,
  };
}

const SIZE = /^([0-9]+(?:\.[0-9]+)?) ?([kMGT]?)B$/;

function sizeOf(word: string, name: string): number {
  const [, count, unit = ''] = SIZE.exec(word) ?? [];
  if (count !== undefined) return Math.round(Number(count) * 1000 ** ' kMGT'.indexOf(unit || ' '));
  throw new FirnError('usage', `${JSON.stringify(word)} is not a size. Write 500MB or 2GB`, {
    operation: `read ${name}`,
    path: word,
  });
}
